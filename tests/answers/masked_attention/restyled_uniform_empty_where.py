# names: uniform_empty_rows
# torch.where with the lowest finite number, and nothing for empty rows.
import math

import torch


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    s = torch.einsum("...id,...jd->...ij", q.to(wide), k.to(wide)) / math.sqrt(q.shape[-1])
    if mask is not None:
        s = torch.where(mask, s, torch.full_like(s, torch.finfo(wide).min))
    e = torch.exp(s - s.amax(-1, keepdim=True))
    w = e / e.sum(-1, keepdim=True)
    return (w @ v.to(wide)).to(q.dtype), w.to(q.dtype)
