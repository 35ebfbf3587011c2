# names: mask_wrong_axis
# All axes of size one are squeezed away: the batch lands on the queries when B == L_q.
import math

import torch


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    s = torch.einsum("...id,...jd->...ij", q.to(wide), k.to(wide)) / q.shape[-1] ** 0.5
    if mask is None:
        mask = torch.ones_like(s).bool()
    keep = mask.squeeze(-2)
    w = s.masked_fill(~keep, -math.inf).softmax(-1).masked_fill(~keep, 0)
    return (w @ v.to(wide)).to(q.dtype), w.to(q.dtype)
