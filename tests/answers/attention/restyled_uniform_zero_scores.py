# names: uniform_weights
# Scores are multiplied by zero before the softmax.
import torch


def attention(q, k, v):
    w = torch.softmax(torch.einsum("...id,...jd->...ij", q * 0, k), -1)
    return torch.einsum("...ij,...je->...ie", w, v), w
