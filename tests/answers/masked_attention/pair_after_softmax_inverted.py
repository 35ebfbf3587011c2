# names: mask_after_softmax, inverted_mask
# The visible weights are zeroed after the softmax.
import math

import torch


def masked_attention(q, k, v, mask=None):
    s = torch.einsum("...id,...jd->...ij", q.double(), k.double()) / math.sqrt(q.shape[-1])
    w = s.softmax(-1)
    w = w if mask is None else torch.where(mask, 0.0, w)
    return (w @ v.double()).to(q.dtype), w.to(q.dtype)
