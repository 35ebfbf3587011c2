# names: inverted_mask
# torch.where with its two branches exchanged.
import torch


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    s = q.to(wide) @ k.to(wide).mT * q.shape[-1] ** -0.5
    hide = torch.zeros_like(s, dtype=torch.bool) if mask is None else mask.expand_as(s)
    w = torch.where(hide, torch.finfo(wide).min, s).softmax(-1).where(~hide, 0)
    return torch.einsum("...ij,...je->...ie", w, v.to(wide)).to(q.dtype), w.to(q.dtype)
