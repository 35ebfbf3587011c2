# mistake: tests H_kv % H instead of H % H_kv, so it raises a ValueError whenever there really are groups
# why: "H_kv does not divide num_heads" typed in the order of the words
import torch


def expand_kv(x, num_heads):
    num_kv_heads = x.shape[1]
    if num_kv_heads % num_heads != 0:
        raise ValueError(f"{num_kv_heads} does not divide {num_heads}")
    return x.repeat_interleave(num_heads // num_kv_heads, dim=1)
