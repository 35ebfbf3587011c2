# names:
# Right: torch.where with the lowest finite number, and a product with the mask afterwards.
import torch


def masked_attention(q, k, v, mask=None):
    x, y, z = (t if t.dtype == torch.float64 else t.float() for t in (q, k, v))
    s = torch.einsum("...id,...jd->...ij", x, y) * q.shape[-1] ** -0.5
    keep = torch.ones_like(s, dtype=torch.bool) if mask is None else mask.expand_as(s)
    w = torch.where(keep, s, torch.finfo(s.dtype).min).softmax(-1) * keep
    return torch.einsum("...ij,...je->...ie", w, z).type_as(q), w.type_as(q)
