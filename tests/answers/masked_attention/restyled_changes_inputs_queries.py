# names: changes_inputs
# The caller's queries are scaled in place, outside of autograd.
import math

import torch


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    s = q.to(wide) @ k.to(wide).mT * q.shape[-1] ** -0.5
    with torch.no_grad():
        q /= math.sqrt(q.shape[-1])
    keep = torch.ones_like(s).bool() if mask is None else mask
    w = torch.where(keep, s, torch.finfo(wide).min).softmax(-1) * keep
    return torch.einsum("...ij,...je->...ie", w, v.to(wide)).to(q.dtype), w.to(q.dtype)
