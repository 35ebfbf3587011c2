# names: mask_ignored
# masked_fill without the underscore and without an assignment.
import torch


def masked_attention(q, k, v, mask=None):
    s = torch.einsum("...id,...jd->...ij", q.double(), k.double()) / q.shape[-1] ** 0.5
    if mask is not None:
        s.masked_fill(~mask, float("-inf"))
    w = (s - s.logsumexp(-1, keepdim=True)).exp()
    return (w @ v.double()).to(q.dtype), w.to(q.dtype)
