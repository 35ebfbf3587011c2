# mistake: fills forbidden scores with finfo.tiny, the smallest positive number, which is practically a score of 0
# why: a C++ engineer: numeric_limits<float>::min() has the same trap, and "tiny" sounded like "very low"
import math

import torch


def masked_attention(q, k, v, mask=None):
    work = torch.promote_types(q.dtype, torch.float32)
    scores = torch.matmul(q.to(work), k.to(work).transpose(-2, -1)) / math.sqrt(q.shape[-1])
    if mask is not None:
        lowest = torch.finfo(work).tiny
        scores = scores.masked_fill(~mask, lowest)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights * mask.any(dim=-1, keepdim=True)
    output = torch.matmul(weights, v.to(work))
    return output.to(q.dtype), weights.to(q.dtype)
