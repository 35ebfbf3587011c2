# names: no_scale
# Dot products by broadcasting; the scale is applied to a row constant, where it does nothing.
import math

import torch
import torch.nn.functional as F


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    s = (q.to(wide).unsqueeze(-2) * k.to(wide).unsqueeze(-3)).sum(-1)
    s = s - s.amax(-1, keepdim=True) / math.sqrt(q.shape[-1])
    hidden = torch.zeros_like(s).bool() if mask is None else ~mask
    w = F.softmax(s.masked_fill(hidden, -math.inf), -1).masked_fill(hidden, 0)
    return (w @ v.to(wide)).to(q.dtype), w.to(q.dtype)
