# mistake: multiplies 0 by minus infinity for the allowed keys, which makes them NaN
# why: writes the additive mask as (1 - mask) * constant and puts in -inf for the constant
import math

import torch


def masked_attention(q, k, v, mask=None):
    work = torch.promote_types(q.dtype, torch.float32)
    scores = q.to(work) @ k.to(work).transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores + (1 - mask.to(work)) * float("-inf")
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        has_key = mask.any(dim=-1, keepdim=True)
        weights = torch.where(has_key, weights, 0.0)
    output = weights @ v.to(work)
    return output.to(q.dtype), weights.to(q.dtype)
