# mistake: counts one position too few
# why: the lesson says that the last token written need not be read, and this is carried over
def kv_cache_bytes(num_layers, num_kv_heads, d_head, tokens, batch=1, bytes_per_value=2):
    """Size of the keys and values of all layers."""
    stored = tokens - 1
    one_layer = 2 * batch * num_kv_heads * stored * d_head
    return num_layers * one_layer * bytes_per_value
