# mistake: the result of masked_fill is thrown away, so no key is hidden
# why: believes that masked_fill writes into the tensor
import math

import torch


def masked_attention(q, k, v, mask=None):
    dtype = q.dtype
    work = torch.promote_types(dtype, torch.float32)
    q, k, v = q.to(work), k.to(work), v.to(work)
    scores = torch.einsum("...qd,...kd->...qk", q, k) / math.sqrt(q.shape[-1])
    if mask is not None:
        has_key = mask.any(-1, keepdim=True)
        scores.masked_fill(~mask, float("-inf"))
        scores.masked_fill(~has_key, 0.0)
    weights = softmax(scores, -1)
    if mask is not None:
        weights = weights * has_key
    return (weights @ v).to(dtype), weights.to(dtype)
