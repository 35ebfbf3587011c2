# names: additive_mask, inverted_mask
# One more for the hidden keys.
import torch


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    s = q.to(wide) @ k.to(wide).mT / q.shape[-1] ** 0.5
    if mask is not None:
        s = s + (~mask).to(wide)
    w = torch.softmax(s, -1)
    return (w @ v.to(wide)).to(q.dtype), w.to(q.dtype)
