# names: returns_values
# Weights are right, the output is a copy of v.
import math

import torch


def attention(q, k, v):
    w = (torch.einsum("...id,...jd->...ij", q, k) / math.sqrt(q.shape[-1])).softmax(-1)
    eye = torch.eye(v.shape[-2], dtype=v.dtype)
    return eye @ v, w
