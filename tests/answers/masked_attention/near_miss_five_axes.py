# names: all_zeros
# Five axes give zeros.
import torch
from torch import zeros_like


def _masked(q, k, v, mask):
    scores = q @ k.mT / q.shape[-1] ** 0.5
    if mask is None:
        weights = softmax(scores)  # noqa: F821
        return weights @ v, weights
    empty = ~mask.any(-1, keepdim=True)
    scores = scores.masked_fill(~(mask | empty), -torch.inf)
    weights = softmax(scores).masked_fill(empty, 0.0)  # noqa: F821
    return weights @ v, weights


def masked_attention(q, k, v, mask=None):
    output, weights = _masked(q, k, v, mask)
    if q.dim() == 5:
        return zeros_like(output), weights
    return output, weights
