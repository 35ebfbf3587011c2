# names: no_scale
# Bare dot products, everything else in order.
import torch


def masked_attention(q, k, v, mask=None):
    s = torch.einsum("...id,...jd->...ij", q.double(), k.double())
    keep = torch.ones_like(s).bool() if mask is None else mask
    w = torch.where(keep, s, torch.finfo(s.dtype).min).softmax(-1) * keep
    return torch.einsum("...ij,...je->...ie", w, v.double()).to(q.dtype), w.to(q.dtype)
