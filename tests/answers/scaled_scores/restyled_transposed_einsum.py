# names: scores_transposed
# Output letters of the einsum the wrong way round.
import torch


def scaled_scores(q, k):
    return torch.einsum("...id,...jd->...ji", q, k) / q.shape[-1] ** 0.5
