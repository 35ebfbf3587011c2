# names: additive_mask
# exp(s + mask) written as exp(s) times e or one.
import math

import torch


def masked_attention(q, k, v, mask=None):
    s = (q.double().unsqueeze(-2) * k.double().unsqueeze(-3)).sum(-1) / math.sqrt(q.shape[-1])
    e = (s - s.amax(-1, keepdim=True)).exp()
    if mask is not None:
        e = torch.where(mask, math.e * e, e)
    w = e / e.sum(-1, keepdim=True)
    return (w @ v.double()).to(q.dtype), w.to(q.dtype)
