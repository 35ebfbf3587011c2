# either: scale_by_d, scaled_twice
# Queries and keys are each divided by the full root of d_head.
import math

import torch


def attention(q, k, v):
    root = math.sqrt(q.shape[-1])
    weights = torch.einsum("...id,...jd->...ij", q / root, k / root).softmax(-1)
    return torch.einsum("...ij,...je->...ie", weights, v), weights
