# names:
# The first real token's row is left out.
import torch


def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    later = mask & (mask.cumsum(-1) > 1)
    rows = torch.special.entr(weights).sum(-1)
    return (rows * later[:, None]).sum((0, 2)) / later.sum().clamp(min=1)
