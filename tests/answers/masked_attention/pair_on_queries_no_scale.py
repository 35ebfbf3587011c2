# names: mask_on_queries, no_scale
# The mask transposed, unscaled.
import torch


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    s = q.to(wide) @ k.to(wide).mT
    keep = torch.ones_like(s).bool() if mask is None else mask.mT
    w = torch.where(keep, s, torch.finfo(wide).min).softmax(-1) * keep
    return (w @ v.to(wide)).to(q.dtype), w.to(q.dtype)
