# names: tiled
# Stacked in front of the heads.
import torch


def expand_kv(x, num_heads):
    group, rest = divmod(num_heads, x.shape[1])
    if rest:
        raise ValueError(f"{num_heads} query heads cannot share {x.shape[1]} KV heads evenly")
    return torch.stack([x] * group, dim=1).flatten(1, 2)
