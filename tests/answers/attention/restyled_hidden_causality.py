# names: causal_unasked
# A causal mask that nobody asked for.
import math

import torch


def attention(q, k, v):
    s = q @ k.mT / math.sqrt(q.shape[-1])
    future = torch.ones_like(s, dtype=torch.bool).triu(1)
    w = s.masked_fill(future, -math.inf).softmax(-1)
    return w @ v, w
