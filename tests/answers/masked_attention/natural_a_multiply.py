# mistake: masks after the softmax and divides by the sum with a floor, which loses the row when a forbidden score is much larger
# why: the lesson shows that it equals -inf on ordinary scores, and the floor also settles empty rows
import math

import torch


def masked_attention(q, k, v, mask=None):
    dtype = q.dtype
    if dtype in (torch.float16, torch.bfloat16):
        q, k, v = q.float(), k.float(), v.float()
    weights = softmax(q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]), dim=-1)
    if mask is not None:
        weights = weights * mask
        total = weights.sum(dim=-1, keepdim=True)
        weights = weights / total.clamp(min=1e-9)
    return (weights @ v).to(dtype), weights.to(dtype)
