# names:
# Right: einsum, scaled afterwards.
import torch


def scaled_scores(q, k):
    return torch.einsum("...id,...jd->...ij", q, k) * q.shape[-1] ** -0.5
