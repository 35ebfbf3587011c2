# names: counted_in_floats
# The product is taken in floats, and made whole again.
def kv_cache_bytes(num_layers, num_kv_heads, d_head, tokens, batch=1, bytes_per_value=2):
    values = 2.0 * num_layers * num_kv_heads * d_head * tokens * batch
    return round(values * bytes_per_value)
