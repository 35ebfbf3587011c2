# names: scores_returned, softmax_over_queries
# Normalised over queries, and the scores are handed back.
import math


def attention(q, k, v):
    s = k @ q.mT / math.sqrt(q.shape[-1])
    return s.softmax(-1).mT @ v, s.mT
