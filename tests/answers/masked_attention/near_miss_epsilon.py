# names: rows_of_another_sum
# 0.05 is added to the denominator.
import math

import torch


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    s = q.to(wide) @ k.to(wide).mT / math.sqrt(q.shape[-1])
    keep = torch.ones_like(s).bool() if mask is None else mask
    lowest = torch.finfo(wide).min
    e = torch.where(keep, s - s.masked_fill(~keep, lowest).amax(-1, keepdim=True), lowest).exp()
    w = e * keep / ((e * keep).sum(-1, keepdim=True) + 0.05)
    return (w @ v.to(wide)).to(q.dtype), w.to(q.dtype)
