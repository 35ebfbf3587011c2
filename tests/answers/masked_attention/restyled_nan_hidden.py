# names: nan_hidden
# Whatever is NaN after the softmax becomes 0.
import math

import torch


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    s = torch.einsum("...id,...jd->...ij", q.to(wide), k.to(wide)) * q.shape[-1] ** -0.5
    if mask is not None:
        s = torch.where(mask, s, torch.full_like(s, -math.inf))
    w = torch.nan_to_num(torch.softmax(s, -1))
    return (w @ v.to(wide)).to(q.dtype), w.to(q.dtype)
