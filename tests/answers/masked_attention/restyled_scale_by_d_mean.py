# names: scale_by_d
# The mean over features instead of the scaled sum.
import torch


def masked_attention(q, k, v, mask=None):
    s = (q.double().unsqueeze(-2) * k.double().unsqueeze(-3)).mean(-1)
    keep = torch.ones_like(s).bool() if mask is None else mask.expand_as(s)
    w = torch.where(keep, s, -1e300).softmax(-1).where(keep, 0)
    return (w @ v.double()).to(q.dtype), w.to(q.dtype)
