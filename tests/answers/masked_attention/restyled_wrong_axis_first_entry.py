# names: mask_wrong_axis
# A mask with a batch axis is reduced to its first entry.
import torch


def masked_attention(q, k, v, mask=None):
    s = q.double() @ k.double().mT * q.shape[-1] ** -0.5
    while mask is not None and mask.ndim > 2:
        mask = next(iter(mask))
    if mask is not None:
        s = torch.where(mask, s, torch.finfo(s.dtype).min)
    w = torch.softmax(s, -1) * (1 if mask is None else mask)
    return torch.einsum("...ij,...je->...ie", w, v.double()).to(q.dtype), w.to(q.dtype)
