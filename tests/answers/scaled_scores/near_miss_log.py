# names: constant_factor
# Divided by 1 + log(d_head).
import math


def scaled_scores(q, k):
    return q @ k.mT / (1 + math.log(q.shape[-1]))
