# names: inverted_mask
# Own exponentials times (1 - mask).
import math

import torch


def masked_attention(q, k, v, mask=None):
    s = torch.einsum("...id,...jd->...ij", q.double(), k.double()) / math.sqrt(q.shape[-1])
    closed = torch.zeros_like(s) if mask is None else mask.double()
    top = (s - 1e300 * closed).amax(-1, keepdim=True).clamp_min(-1e30)
    e = torch.exp((s - top).clamp(max=0)) * (1 - closed)
    w = e / e.sum(-1, keepdim=True).clamp_min(1e-300)
    return (w @ v.double()).to(q.dtype), w.to(q.dtype)
