# names: unstable_softmax
# Bare exponentials: output and normaliser are summed separately.
import torch


def attention(q, k, v):
    e = torch.einsum("...id,...jd->...ij", q, k).div(q.shape[-1] ** 0.5).exp()
    total = e.sum(-1, keepdim=True)
    return torch.einsum("...ij,...je->...ie", e, v) / total, e / total
