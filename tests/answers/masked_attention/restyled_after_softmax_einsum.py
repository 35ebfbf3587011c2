# names: mask_after_softmax
# The mask is a third factor of the weighted sum.
import torch


def masked_attention(q, k, v, mask=None):
    s = (q.double() * q.shape[-1] ** -0.5) @ k.double().mT
    gate = torch.ones_like(s) if mask is None else mask.double().expand_as(s)
    w = s.softmax(-1)
    out = torch.einsum("...ij,...ij,...je->...ie", w, gate, v.double())
    return out.to(q.dtype), (w * gate).to(q.dtype)
