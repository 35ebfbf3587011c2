# names: inverted_mask, no_scale
# The visible keys are hidden, and nothing is divided.
import math

import torch


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    s = (k.to(wide) @ q.to(wide).mT).mT
    mask = torch.zeros_like(s).bool() if mask is None else mask
    w = s.masked_fill(mask, -math.inf).softmax(-1).masked_fill(mask, 0)
    return (w @ v.to(wide)).to(q.dtype), w.to(q.dtype)
