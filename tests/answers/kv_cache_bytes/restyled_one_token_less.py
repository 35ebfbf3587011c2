# names: tokens_off_by_one
# The last token is not stored.
def kv_cache_bytes(num_layers, num_kv_heads, d_head, tokens, batch=1, bytes_per_value=2):
    one_vector = d_head * bytes_per_value
    one_token = 2 * num_kv_heads * one_vector
    one_sequence = one_token * (tokens - 1)
    one_layer = one_sequence * batch
    return num_layers * one_layer
