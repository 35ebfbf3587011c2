# names: softmax_over_queries, unstable_softmax
# Bare exponentials, divided by the column sums.
import math

import torch


def attention(q, k, v):
    e = (torch.einsum("...id,...jd->...ij", q, k) / math.sqrt(q.shape[-1])).exp()
    w = torch.einsum("...ij,...j->...ij", e, 1 / e.sum(-2))
    return w @ v, w
