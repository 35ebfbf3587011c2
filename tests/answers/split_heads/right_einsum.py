# names:
# Right: reshape, then an einsum that only reorders the letters.
import torch


def split_heads(x, num_heads):
    pieces = x.reshape(*x.shape[:2], num_heads, x.shape[2] // num_heads)
    return torch.einsum("blhd->bhld", pieces).contiguous()
