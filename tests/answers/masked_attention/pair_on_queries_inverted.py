# names: mask_on_queries, inverted_mask
# The mask transposed and negated.
import math

import torch


def masked_attention(q, k, v, mask=None):
    s = torch.einsum("...id,...jd->...ij", q.double(), k.double()) / math.sqrt(q.shape[-1])
    hidden = torch.zeros_like(s).bool() if mask is None else mask.transpose(-1, -2)
    w = s.masked_fill(hidden, -math.inf).softmax(-1).masked_fill(hidden, 0)
    return (w @ v.double()).to(q.dtype), w.to(q.dtype)
