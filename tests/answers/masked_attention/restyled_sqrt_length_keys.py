# names: scale_by_sqrt_length
# The root of the last axis of the scores.
import math

import torch


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    s = torch.einsum("...id,...jd->...ij", q.to(wide), k.to(wide))
    s = s * s.shape[-1] ** -0.5
    keep = torch.ones_like(s).bool() if mask is None else mask
    w = s.masked_fill(~keep, -math.inf).softmax(-1).masked_fill(~keep, 0)
    return (w @ v.to(wide)).to(q.dtype), w.to(q.dtype)
