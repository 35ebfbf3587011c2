# names: plus_infinity
# Forbidden scores get plus infinity.
import math

import torch


def masked_attention(q, k, v, mask=None):
    scores = torch.einsum("...id,...jd->...ij", q.float(), k.float()) / math.sqrt(k.shape[-1])
    if mask is not None:
        scores = torch.where(mask, scores, float("inf"))
    weights = scores.softmax(-1)
    return (weights @ v.float()).to(q.dtype), weights.to(q.dtype)
