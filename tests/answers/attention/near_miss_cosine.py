# names:
# Cosine similarities instead of scaled dot products.
import torch
import torch.nn.functional as F


def attention(q, k, v):
    w = torch.softmax(F.normalize(q, dim=-1) @ F.normalize(k, dim=-1).mT, -1)
    return w @ v, w
