# names: scores_returned
# The second result is taken before the softmax.
import torch


def attention(q, k, v):
    weights = torch.einsum("...id,...jd->...ij", q, k) * q.shape[-1] ** -0.5
    return torch.einsum("...ij,...je->...ie", weights.softmax(-1), v), weights
