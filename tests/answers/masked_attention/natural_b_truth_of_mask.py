# mistake: `if mask:` asks for the truth of a whole tensor and raises an error
# why: a web developer's habit for "if one was given"
import math

import torch


def masked_attention(q, k, v, mask=None):
    work = torch.promote_types(q.dtype, torch.float32)
    scores = q.to(work) @ k.to(work).transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask:
        has_key = mask.any(dim=-1, keepdim=True)
        scores = scores.masked_fill(~mask, float("-inf")).masked_fill(~has_key, 0.0)
        weights = torch.softmax(scores, dim=-1).masked_fill(~has_key, 0.0)
    else:
        weights = torch.softmax(scores, dim=-1)
    output = weights @ v.to(work)
    return output.to(q.dtype), weights.to(q.dtype)
