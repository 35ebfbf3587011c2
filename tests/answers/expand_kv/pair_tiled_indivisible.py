# names: tiled, no_error_when_indivisible
# Tiled, and cut off where it does not fit.
import torch


def expand_kv(x, num_heads):
    times = -(-num_heads // x.shape[1])
    return torch.cat([x] * times, dim=1)[:, :num_heads]
