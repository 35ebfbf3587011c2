# mistake: forgets keepdim, so the list of rows that have a key is lined up with the keys
# why: any(dim=-1) gives the right answer to the right question, only in another shape
import math

import torch


def masked_attention(q, k, v, mask=None):
    work = torch.promote_types(q.dtype, torch.float32)
    scores = q.to(work) @ k.to(work).transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is None:
        weights = torch.softmax(scores, dim=-1)
    else:
        has_key = mask.any(dim=-1)
        scores = scores.masked_fill(~mask, float("-inf"))
        scores = torch.where(has_key, scores, torch.zeros_like(scores))
        weights = torch.softmax(scores, dim=-1) * has_key
    output = weights @ v.to(work)
    return output.to(q.dtype), weights.to(q.dtype)
