# names: finite_mask_value
# -1e4, empty rows zeroed: only scores near -1e4 show that it is not -inf.
import torch


def masked_attention(q, k, v, mask=None):
    s = torch.einsum("...id,...jd->...ij", q.double(), k.double()) * q.shape[-1] ** -0.5
    if mask is None:
        mask = torch.ones_like(s, dtype=torch.bool)
    e = torch.where(mask, s, -1e4)
    e = (e - e.amax(-1, keepdim=True)).exp()
    w = e / e.sum(-1, keepdim=True) * mask.any(-1, keepdim=True)
    return (w @ v.double()).to(q.dtype), w.to(q.dtype)
