# names: additive_mask, no_scale
# The mask is added as 1/0 to unscaled scores.
import torch
import torch.nn.functional as F


def masked_attention(q, k, v, mask=None):
    s = torch.einsum("...id,...jd->...ij", q.double(), k.double())
    w = F.softmax(s if mask is None else s.add(mask), dim=-1)
    return torch.einsum("...ij,...je->...ie", w, v.double()).to(q.dtype), w.to(q.dtype)
