# names:
# What is not minus infinity is allowed; a lambda does it all.
import math

import torch


def incident_1():
    def scores_of(q, k, mask):
        scores = q @ k.mT / math.sqrt(q.size(-1))
        return torch.where(mask.isinf(), torch.finfo(q.dtype).min, scores)

    def both(weights, v):
        return weights @ v, weights

    return ["a", lambda q, k, v, mask: both(scores_of(q, k, mask).softmax(-1), v)]
