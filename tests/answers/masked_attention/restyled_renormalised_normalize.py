# either: renormalised_after_softmax, nan_empty_rows
# Exponentials times the mask, then one division; empty rows are 0/0.
import torch


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    s = k.to(wide) @ q.to(wide).mT * q.shape[-1] ** -0.5
    e = (s - s.amax(-2, keepdim=True)).exp().mT
    if mask is not None:
        e = e * mask
    total = e.sum(-1, keepdim=True)
    return (e @ v.to(wide) / total).to(q.dtype), (e / total).to(q.dtype)
