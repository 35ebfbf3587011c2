# mistake: counts tokens - 1 positions
# why: "the last token written need not be read", says section 1, so it need not be stored either
def kv_cache_bytes(num_layers, num_kv_heads, d_head, tokens, batch=1, bytes_per_value=2):
    stored = tokens - 1
    per_token = 2 * num_layers * num_kv_heads * d_head * bytes_per_value
    return per_token * stored * batch
