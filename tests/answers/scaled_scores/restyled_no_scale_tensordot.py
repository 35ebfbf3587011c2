# names: no_scale
# One einsum and nothing after it.
import torch


def scaled_scores(q, k):
    return torch.einsum("...qd,...kd->...qk", q, k)
