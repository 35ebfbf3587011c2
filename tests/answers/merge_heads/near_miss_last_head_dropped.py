# names:
# The last head is replaced by the one before it.
import torch


def merge_heads(x):
    heads = list(x.unbind(1))
    heads[-1] = heads[-2] if len(heads) > 1 else 0 * heads[0]
    return torch.cat(heads, dim=-1)
