# names: returns_zeros
# The weights are right, the output is zero.
import torch
import torch.nn.functional as F


def attention(q, k, v):
    w = F.softmax(torch.einsum("...id,...jd->...ij", q, k) / q.shape[-1] ** 0.5, dim=-1)
    return torch.einsum("...ij,...je->...ie", w, v - v), w
