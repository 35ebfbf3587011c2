# names:
# Computed in bits, and brought to nats at the end; einsum does the mean.
import math

import torch


def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    tiny = torch.finfo(weights.dtype).tiny
    bits = -torch.einsum("bhij,bhij->bhi", weights, weights.clamp(min=tiny).log2())
    share = mask.to(weights.dtype)
    mean = torch.einsum("bhi,bi->h", bits, share) / mask.sum().clamp(min=1)
    return mean * math.log(2)
