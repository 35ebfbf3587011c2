# mistake: "if mask" asks a tensor for its truth value and raises an error for every real mask
# why: a habit from Python lists and strings, where empty or None is false
import math

import torch


def masked_attention(q, k, v, mask=None):
    work = torch.promote_types(q.dtype, torch.float32)
    scores = q.to(work) @ k.to(work).transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask:
        has_key = mask.any(dim=-1, keepdim=True)
        scores = scores.masked_fill(~mask, float("-inf")).masked_fill(~has_key, 0.0)
        weights = softmax(scores, dim=-1) * has_key
    else:
        weights = softmax(scores, dim=-1)
    output = weights @ v.to(work)
    return output.to(q.dtype), weights.to(q.dtype)
