# names: additive_mask
# The mask is cast and added: one more for visible keys.
import torch


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    bias = 0 if mask is None else mask.to(wide)
    s = bias + torch.einsum("...id,...jd->...ij", q.to(wide), k.to(wide)) / q.shape[-1] ** 0.5
    w = torch.softmax(s, -1)
    return torch.einsum("...ij,...je->...ie", w, v.to(wide)).to(q.dtype), w.to(q.dtype)
