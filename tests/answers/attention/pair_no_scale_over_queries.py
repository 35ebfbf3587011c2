# names: no_scale, softmax_over_queries
# Bare dot products, normalised over queries.
import torch


def attention(q, k, v):
    e = torch.einsum("...id,...jd->...ij", q, k)
    w = (e - e.logsumexp(-2, keepdim=True)).exp()
    return w @ v, w
