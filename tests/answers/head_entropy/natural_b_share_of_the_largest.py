# mistake: divides by log L, so that 1 is the most a head can spread
# why: the lesson's picture shows entropies between 0 and 1
import math

import torch


def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    rows = torch.special.entr(weights).sum(-1) / math.log(max(2, weights.shape[-1]))
    return (rows * mask[:, None]).sum((0, 2)) / mask.sum().clamp(min=1)
