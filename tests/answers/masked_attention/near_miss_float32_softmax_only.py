# names:
# Float32 in the softmax alone: the scores have been rounded to 16 bits before it.
import math

import torch


def masked_attention(q, k, v, mask=None):
    scores = (q / math.sqrt(q.shape[-1])) @ k.transpose(-2, -1)
    keep = torch.ones_like(scores).bool() if mask is None else mask
    wide = scores.to(torch.promote_types(q.dtype, torch.float32)).masked_fill(~keep, -math.inf)
    empty = ~keep.any(dim=-1, keepdim=True)
    weights = wide.masked_fill(empty, 0).softmax(-1).masked_fill(empty, 0).to(q.dtype)
    return weights @ v, weights
