# names: split_interleaved
# Head h takes every num_heads-th number, from h on.
import torch


def split_heads(x, num_heads):
    return torch.stack([x[..., h::num_heads] for h in range(num_heads)], dim=1)
