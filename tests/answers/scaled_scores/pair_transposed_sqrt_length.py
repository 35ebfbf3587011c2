# names: scores_transposed, scale_by_sqrt_length
# K Q^T divided by the root of the number of keys.
import math


def scaled_scores(q, k):
    out = k @ q.mT
    return out / math.sqrt(out.shape[-2])
