# names: rows_of_another_sum
# 1e-2 is added to the denominator.
import math


def attention(q, k, v):
    s = q @ k.mT / math.sqrt(q.shape[-1])
    e = (s - s.amax(-1, keepdim=True)).exp()
    w = e / (e.sum(-1, keepdim=True) + 1e-2)
    return w @ v, w
