# mistake: does not multiply by the batch
# why: takes `tokens` for the number of tokens in all sequences together
def kv_cache_bytes(num_layers, num_kv_heads, d_head, tokens, batch=1, bytes_per_value=2):
    values_per_token = 2 * num_layers * num_kv_heads * d_head
    return int(values_per_token * tokens * bytes_per_value)
