# names: softmax_over_heads
# The normaliser is summed over the axis before the last two.
import math

import torch


def attention(q, k, v):
    s = q @ k.mT / math.sqrt(q.shape[-1])
    w = (s - s.logsumexp(dim=-3, keepdim=True)).exp()
    return torch.einsum("...ij,...je->...ie", w, v), w
