# mistake: the new axis of the group stands before the KV heads, so after flattening the order is [k0, k1, k0, k1]
# why: expands instead of repeating, which is cheap, and puts the new axis where None is easiest to write
import torch


def expand_kv(x, num_heads):
    B, H_kv, L, d_head = x.shape
    if num_heads % H_kv != 0:
        raise ValueError(f"H_kv = {H_kv} does not divide H = {num_heads}")
    group = num_heads // H_kv
    return x[:, None].expand(B, group, H_kv, L, d_head).reshape(B, num_heads, L, d_head)
