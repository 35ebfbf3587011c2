# mistake: the einsum writes keys before queries, so the scores come out transposed as (..., L_k, L_q)
# why: the two letters on the right of the arrow are easily exchanged
import torch


def scaled_scores(q, k):
    d = q.shape[-1]
    return torch.einsum("...id,...jd->...ji", q, k) / d**0.5
