# names: changes_inputs
# The caller's mask is negated in place.
import math

import torch


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    s = torch.einsum("...id,...jd->...ij", q.to(wide), k.to(wide)) / math.sqrt(q.shape[-1])
    hidden = torch.zeros(s.shape[-2:]).bool() if mask is None else mask.logical_not_()
    w = s.masked_fill(hidden, -math.inf).softmax(-1).masked_fill(hidden, 0)
    return (w @ v.to(wide)).to(q.dtype), w.to(q.dtype)
