# names: scores_transposed, multiplied_by_scale
# K Q^T times the root of d_head.
import torch


def scaled_scores(q, k):
    return torch.einsum("...id,...jd->...ji", q, k * q.shape[-1] ** 0.5)
