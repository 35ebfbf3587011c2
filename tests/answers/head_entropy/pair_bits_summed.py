# names: in_bits, sum_for_mean
# Bits, added up.
import torch


def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    bits = -(weights * torch.where(weights > 0, weights, 1).log2()).sum(-1)
    return bits.movedim(1, 0)[:, mask].sum(-1)
