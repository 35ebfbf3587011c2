# names: plus_infinity
# Forbidden scores get plus infinity.
import math

import torch


def masked_attention(q, k, v, mask=None):
    work = torch.promote_types(q.dtype, torch.float32)
    scores = torch.einsum("...id,...jd->...ij", q.to(work), k.to(work)) / math.sqrt(k.shape[-1])
    if mask is not None:
        scores = torch.where(mask, scores, float("inf"))
    weights = scores.softmax(-1)
    return (weights @ v.to(work)).to(q.dtype), weights.to(q.dtype)
