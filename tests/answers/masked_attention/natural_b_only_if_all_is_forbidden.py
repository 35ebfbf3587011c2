# mistake: handles a mask in which nothing at all is allowed, but not single empty rows: these become NaN
# why: tried it with a mask of False everywhere, and that worked
import math

import torch


def masked_attention(q, k, v, mask=None):
    work = torch.promote_types(q.dtype, torch.float32)
    scores = q.to(work) @ k.to(work).mT / math.sqrt(q.shape[-1])
    if mask is not None and not mask.any():
        weights = scores * 0.0
    elif mask is not None:
        weights = scores.masked_fill(~mask, float("-inf")).softmax(-1)
    else:
        weights = scores.softmax(-1)
    return (weights @ v.to(work)).to(q.dtype), weights.to(q.dtype)
