# mistake: repeats each KV head num_heads times instead of group-size times
# why: took the second argument to be the number of copies
import torch


def expand_kv(x, num_heads):
    if num_heads % x.shape[1]:
        raise ValueError("the number of KV heads must divide num_heads")
    return x.repeat_interleave(num_heads, dim=1)
