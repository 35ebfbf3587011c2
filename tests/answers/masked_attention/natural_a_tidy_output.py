# mistake: in rows with no key the output is zeroed and the weights are not
# why: the output is what is used further on, and the weights are forgotten
import math

import torch


def masked_attention(q, k, v, mask=None):
    work = torch.promote_types(q.dtype, torch.float32)
    q_, k_, v_ = (t.to(work) for t in (q, k, v))
    scores = q_ @ k_.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is None:
        weights = softmax(scores)
        output = weights @ v_
    else:
        has_key = mask.any(dim=-1, keepdim=True)
        scores = scores.masked_fill(~mask & has_key, float("-inf"))
        weights = softmax(scores)
        output = (weights @ v_).masked_fill(~has_key, 0.0)
    return output.to(q.dtype), weights.to(q.dtype)
