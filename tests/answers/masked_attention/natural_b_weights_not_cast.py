# mistake: only the output goes back to the dtype of q, the weights stay float32 for half precision
# why: thought of the weights as something for looking at, and forgot them in the last line
import math

import torch


def masked_attention(q, k, v, mask=None):
    work = torch.promote_types(q.dtype, torch.float32)
    scores = q.to(work) @ k.to(work).mT / math.sqrt(q.shape[-1])
    if mask is not None:
        empty = ~mask.any(dim=-1, keepdim=True)
        scores = scores.masked_fill(~(mask | empty), float("-inf"))
        weights = scores.softmax(dim=-1).masked_fill(empty, 0.0)
    else:
        weights = scores.softmax(dim=-1)
    output = weights @ v.to(work)
    return output.to(q.dtype), weights
