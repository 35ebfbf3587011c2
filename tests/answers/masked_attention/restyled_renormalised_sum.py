# either: renormalised_after_softmax, nan_empty_rows
# Zeroed after the softmax and divided by what is left, which is nothing in an empty row.
import math

import torch


def masked_attention(q, k, v, mask=None):
    s = torch.einsum("...id,...jd->...ij", q.double(), k.double()) / math.sqrt(q.shape[-1])
    w = s.softmax(-1)
    if mask is not None:
        w = w.where(mask, 0)
        w = w / torch.einsum("...ij->...i", w).unsqueeze(-1)
    return (w @ v.double()).to(q.dtype), w.to(q.dtype)
