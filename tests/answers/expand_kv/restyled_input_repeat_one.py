# names: returns_input
# Repeated by 1.
import torch


def expand_kv(x, num_heads):
    group, rest = divmod(num_heads, x.shape[1])
    if rest:
        raise ValueError(f"{num_heads} query heads cannot share {x.shape[1]} KV heads evenly")
    return torch.stack([x], dim=2).flatten(1, 2)
