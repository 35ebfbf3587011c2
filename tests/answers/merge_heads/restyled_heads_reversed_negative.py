# names: heads_reversed
# Counts the heads from -1 downwards.
import torch


def merge_heads(x):
    return torch.cat([x[:, -i] for i in range(1, x.shape[1] + 1)], dim=2)
