# names: mask_ignored, no_scale
# Bare dot products, no mask.
import torch


def masked_attention(q, k, v, mask=None):
    w = torch.einsum("...id,...jd->...ij", q.double(), k.double()).softmax(-1)
    return (w @ v.double()).to(q.dtype), w.to(q.dtype)
