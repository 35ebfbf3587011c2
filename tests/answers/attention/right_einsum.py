# names:
# Right: two einsums around torch.softmax.
import math

import torch


def attention(q, k, v):
    scores = torch.einsum("...id,...jd->...ij", q, k) / math.sqrt(q.shape[-1])
    weights = torch.softmax(scores, dim=-1)
    return torch.einsum("...ij,...je->...ie", weights, v), weights
