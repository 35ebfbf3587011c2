# names:
# The mean over keys is taken off every row.
import math


def scaled_scores(q, k):
    s = q @ k.mT / math.sqrt(q.shape[-1])
    return s - s.mean(-1, keepdim=True)
