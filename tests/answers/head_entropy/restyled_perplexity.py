# names: exponential_of_entropy
# The number of tokens that a row is as wide as.
import torch


def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    rows = torch.special.entr(weights).sum(-1)
    wide = torch.e**rows
    return (wide * mask[:, None]).sum((0, 2)) / mask.sum().clamp(min=1)
