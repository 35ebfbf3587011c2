# names:
# Negative squared distances instead of dot products.
import math


def scaled_scores(q, k):
    gap = q.unsqueeze(-2) - k.unsqueeze(-3)
    return -gap.square().sum(-1) / math.sqrt(q.shape[-1])
