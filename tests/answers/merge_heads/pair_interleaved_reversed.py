# names: joined_interleaved, heads_reversed
# Stacked along the last axis, last head first.
import torch


def merge_heads(x):
    return torch.stack([x[:, h] for h in range(x.size(1) - 1, -1, -1)], dim=-1).flatten(2)
