# names: share_of_the_largest_entropy
# Divided by the entropy of a uniform row.
import math

import torch


def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    length = weights.shape[-1]
    uniform = -math.log(1 / length) if length > 1 else 1.0
    rows = -torch.special.xlogy(weights, weights).sum(-1) / uniform
    return (rows * mask[:, None]).sum((0, 2)) / mask.sum().clamp(min=1)
