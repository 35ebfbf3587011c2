# names: minus_forgotten, padding_counted
# Wrong sign, and no mask.
import torch


def head_entropy(weights, mask=None):
    if weights.dim() == 3:
        weights = weights[None]
    return torch.special.xlogy(weights, weights).sum(-1).mean(dim=(0, 2))
