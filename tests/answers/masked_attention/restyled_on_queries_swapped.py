# names: mask_on_queries
# The mask is indexed [key, query].
import torch


def masked_attention(q, k, v, mask=None):
    s = torch.einsum("...id,...jd->...ij", q.double(), k.double()) * q.shape[-1] ** -0.5
    if mask is not None:
        keep = torch.einsum("...ij->...ji", mask)
        s = torch.where(keep, s, torch.finfo(s.dtype).min)
    w = s.softmax(-1) if mask is None else s.softmax(-1) * keep
    return (w @ v.double()).to(q.dtype), w.to(q.dtype)
