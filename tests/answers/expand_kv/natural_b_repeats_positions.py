# mistake: repeats along axis 2, the positions, instead of axis 1, the heads
# why: used to libraries in which the layout is (B, L, H, d_head)
import torch


def expand_kv(x, num_heads):
    H_kv = x.shape[1]
    if num_heads % H_kv:
        raise ValueError("H_kv must divide H")
    return torch.repeat_interleave(x, num_heads // H_kv, dim=2)
