# names: kv_swapped, mask_ignored
# Keys and values exchanged, no mask.
import torch


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    s = torch.einsum("...id,...jd->...ij", q.to(wide), v.to(wide)) * q.shape[-1] ** -0.5
    w = torch.softmax(s, -1)
    return (w @ k.to(wide)).to(q.dtype), w.to(q.dtype)
