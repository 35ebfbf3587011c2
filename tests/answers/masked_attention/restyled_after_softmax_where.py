# names: mask_after_softmax
# Hidden weights are set to zero at the very end, the rest keeps its size.
import math

import torch


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    s = torch.einsum("...id,...jd->...ij", q.to(wide), k.to(wide)).div(math.sqrt(q.shape[-1]))
    e = (s - s.amax(-1, keepdim=True)).exp()
    w = e / e.sum(-1, keepdim=True)
    if mask is not None:
        w = torch.where(mask, w, torch.zeros_like(w))
    return (w @ v.to(wide)).to(q.dtype), w.to(q.dtype)
