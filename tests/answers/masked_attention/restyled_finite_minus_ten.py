# names: finite_mask_value
# torch.where with -10 for hidden keys.
import torch


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    s = torch.einsum("...id,...jd->...ij", q.to(wide), k.to(wide)) * q.shape[-1] ** -0.5
    if mask is not None:
        s = torch.where(mask, s, -10.0)
    w = (s - torch.logsumexp(s, -1, keepdim=True)).exp()
    return (w @ v.to(wide)).to(q.dtype), w.to(q.dtype)
