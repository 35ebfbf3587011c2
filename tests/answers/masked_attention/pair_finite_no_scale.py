# names: finite_mask_value, no_scale
# Unscaled, and -10 for hidden keys.
import torch


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    s = torch.einsum("...id,...jd->...ij", q.to(wide), k.to(wide))
    w = (s if mask is None else torch.where(mask, s, -10.0)).softmax(-1)
    return (w @ v.to(wide)).to(q.dtype), w.to(q.dtype)
