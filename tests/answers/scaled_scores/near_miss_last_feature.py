# names:
# The last feature is left out of the dot product.
import math


def scaled_scores(q, k):
    return q[..., :-1] @ k[..., :-1].mT / math.sqrt(q.shape[-1])
