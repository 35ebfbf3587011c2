# mistake: in a row without a key the output is zero, but the returned weights are uniform
# why: read "gets zeros" as being about the result, and repaired only the last line
import math

import torch


def masked_attention(q, k, v, mask=None):
    dtype = q.dtype
    if dtype in (torch.float16, torch.bfloat16):
        q, k, v = q.float(), k.float(), v.float()
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is None:
        weights = scores.softmax(dim=-1)
        return (weights @ v).to(dtype), weights.to(dtype)
    scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    weights = scores.softmax(dim=-1)
    output = weights @ v
    output = output.masked_fill(~mask.any(dim=-1, keepdim=True), 0.0)
    return output.to(dtype), weights.to(dtype)
