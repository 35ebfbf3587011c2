# names:
# Right: own exponentials; the denominator of an empty row becomes one.
import math

import torch


def masked_attention(q, k, v, mask=None, *, scale=None):
    scale = q.shape[-1] ** -0.5 if scale is None else scale
    s = (q.double() * scale) @ k.double().mT
    keep = s.new_ones(()).bool() if mask is None else mask
    s = s.masked_fill(~keep, -math.inf)
    top = s.detach().amax(-1, keepdim=True)
    e = torch.exp(s - top.clamp_min(torch.finfo(s.dtype).min))
    total = e.sum(-1, keepdim=True)
    w = e / torch.where(total == 0, 1.0, total)
    return (w @ v.double()).to(v.dtype), w.to(q.dtype)
