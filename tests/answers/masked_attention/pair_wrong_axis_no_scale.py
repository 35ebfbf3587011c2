# names: mask_wrong_axis, no_scale
# The first entry's mask for all, unscaled.
import math

import torch


def masked_attention(q, k, v, mask=None):
    s = torch.einsum("...id,...jd->...ij", q.double(), k.double())
    keep = torch.ones(s.shape[-2:]).bool() if mask is None else mask
    keep = keep if keep.ndim < 3 else keep.flatten(0, -3)[0]
    w = s.masked_fill(~keep, -math.inf).softmax(-1).masked_fill(~keep, 0)
    return (w @ v.double()).to(q.dtype), w.to(q.dtype)
