# names: no_error_when_indivisible
# A group size that is rounded down.
import torch


def expand_kv(x, num_heads):
    group = num_heads // x.shape[1]
    return torch.stack([x] * group, dim=2).flatten(1, 2)
