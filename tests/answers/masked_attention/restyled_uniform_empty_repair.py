# names: uniform_empty_rows
# -inf, and empty rows are repaired with one over the number of keys.
import math

import torch
import torch.nn.functional as F


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    s = (k.to(wide) @ q.to(wide).mT * q.shape[-1] ** -0.5).mT
    if mask is not None:
        s = s.masked_fill(~mask, -math.inf)
        s = s.masked_fill(~mask.any(-1, keepdim=True), 0.0)
    w = F.softmax(s, -1)
    return (w @ v.to(wide)).to(q.dtype), w.to(q.dtype)
