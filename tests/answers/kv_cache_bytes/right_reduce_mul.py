# names:
# Functools.reduce over operator.mul, a named constant for the factor 2.
from functools import reduce
from operator import mul

KEYS_AND_VALUES = len(("keys", "values"))


def kv_cache_bytes(num_layers, num_kv_heads, d_head, tokens, batch=1, bytes_per_value=2):
    """Size of the keys and values of all layers."""
    numbers_in_layer = reduce(mul, (batch, num_kv_heads, tokens, d_head), KEYS_AND_VALUES)
    return num_layers * numbers_in_layer * bytes_per_value
