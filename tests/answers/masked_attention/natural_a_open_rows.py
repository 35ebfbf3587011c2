# mistake: opens the empty rows in the caller's own mask, which is changed after the call
# why: |= looks like a short way to give empty rows something to look at
import math

import torch


def masked_attention(q, k, v, mask=None):
    """Scaled dot-product attention under a boolean mask."""
    work = torch.promote_types(q.dtype, torch.float32)
    scores = (q.to(work) / math.sqrt(q.shape[-1])) @ k.to(work).mT
    if mask is not None:
        empty = ~mask.any(dim=-1, keepdim=True)
        mask |= empty
        scores = scores.masked_fill(~mask, float("-inf"))
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(empty, 0.0)
    return (weights @ v.to(work)).to(q.dtype), weights.to(q.dtype)
