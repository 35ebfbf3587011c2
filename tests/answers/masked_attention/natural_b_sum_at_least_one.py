# mistake: the sum is kept at 1 or more to avoid 0 / 0, but the largest score may be a forbidden one, and then the sum is rightly below 1
# why: remembers "after subtracting the maximum the sum is at least 1" from lesson 01, where nothing was masked
import math

import torch


def masked_attention(q, k, v, mask=None):
    work = torch.promote_types(q.dtype, torch.float32)
    s = q.to(work) @ k.to(work).mT / math.sqrt(q.shape[-1])
    e = torch.exp(s - s.amax(dim=-1, keepdim=True))
    if mask is not None:
        e = e * mask
    # an empty row has sum 0; a full one has at least 1
    total = e.sum(dim=-1, keepdim=True).clamp(min=1.0)
    weights = e / total
    return (weights @ v.to(work)).to(q.dtype), weights.to(q.dtype)
