# names: in_larger_units
# In KiB, rounded down.
import math


def kv_cache_bytes(num_layers, num_kv_heads, d_head, tokens, batch=1, bytes_per_value=2):
    sizes = [2, num_layers, num_kv_heads, d_head, tokens, batch, bytes_per_value]
    return math.prod(sizes) // 1024
