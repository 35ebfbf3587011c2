# names: no_softmax, no_scale
# Bare dot products are the weights.
import torch


def attention(q, k, v):
    return q @ (k.mT @ v), torch.einsum("...id,...jd->...ij", q, k)
