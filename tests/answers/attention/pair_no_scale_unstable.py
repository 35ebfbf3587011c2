# names: no_scale, unstable_softmax
# Bare exponentials of bare dot products.
import torch


def attention(q, k, v):
    e = torch.exp(q @ k.transpose(-1, -2))
    w = e / e.sum(-1, keepdim=True)
    return w @ v, w
