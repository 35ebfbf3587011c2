# names: keys_or_values_only
# The dictionary overwrites its only entry.
def _tensor(batch, heads, tokens, width):
    return batch * heads * tokens * width


def kv_cache_bytes(num_layers, num_kv_heads, d_head, tokens, batch=1, bytes_per_value=2):
    layer = {}
    for _ in ("keys", "values"):
        layer["kv"] = _tensor(batch, num_kv_heads, tokens, d_head)
    numbers = sum(sum(layer.values()) for _ in range(num_layers))
    return numbers * bytes_per_value
