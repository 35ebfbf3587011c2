# mistake: forgets the batch
# why: the lesson's table is for one sequence
import math


def kv_cache_bytes(num_layers, num_kv_heads, d_head, tokens, batch=1, bytes_per_value=2):
    return math.prod((2, num_layers, num_kv_heads, d_head, tokens, bytes_per_value))
