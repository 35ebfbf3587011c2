# names: qkv_counted_once, biases_forgotten
# One matrix in and one out.
from math import prod


def parameter_count(d_model, num_heads, d_head, bias=True):
    return 2 * prod((d_model, num_heads, d_head))
