# names:
# Empty rows have zero weights, but an output of ones.
import math

import torch


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    s = q.to(wide) @ k.to(wide).mT / math.sqrt(q.shape[-1])
    keep = torch.ones_like(s).bool() if mask is None else mask
    w = s.masked_fill(~keep, -math.inf).softmax(-1).masked_fill(~keep, 0)
    out = w @ v.to(wide)
    out = out.masked_fill(~keep.any(-1, keepdim=True), 1.0)
    return out.to(q.dtype), w.to(q.dtype)
