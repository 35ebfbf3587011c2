# names: changes_inputs, no_scale
# The caller's mask is negated in place, the scores are not divided.
import math

import torch


def masked_attention(q, k, v, mask=None):
    s = torch.einsum("...id,...jd->...ij", q.double(), k.double())
    hidden = torch.zeros_like(s).bool() if mask is None else mask.bitwise_not_()
    w = s.masked_fill(hidden, -math.inf).softmax(-1).masked_fill(hidden, 0)
    return (w @ v.double()).to(q.dtype), w.to(q.dtype)
