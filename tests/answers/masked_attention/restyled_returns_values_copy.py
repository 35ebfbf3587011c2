# names: returns_values
# Weights are right, the output is a copy of v.
import math

import torch


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    s = torch.einsum("...id,...jd->...ij", q.to(wide), k.to(wide)) / q.shape[-1] ** 0.5
    hidden = torch.zeros_like(s).bool() if mask is None else ~mask
    w = s.masked_fill(hidden, -math.inf).softmax(-1).masked_fill(hidden, 0)
    return torch.cat(list(v.split(1, -2)), -2), w.to(q.dtype)
