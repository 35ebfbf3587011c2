# names:
# Only the two best keys of every query are attended to.
import math


def attention(q, k, v):
    s = q @ k.mT / math.sqrt(q.shape[-1])
    second = s.topk(2, -1).values[..., 1:]
    w = s.masked_fill(s < second, -math.inf).softmax(-1)
    return w @ v, w
