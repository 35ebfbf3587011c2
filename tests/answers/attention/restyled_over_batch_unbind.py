# names: softmax_over_batch
# The exponentials of all batch entries are added up.
import math

import torch


def attention(q, k, v):
    s = (q / math.sqrt(q.shape[-1])).matmul(k.mT)
    entries = list((s - s.amax(0)).exp())
    w = torch.stack([e / sum(entries) for e in entries])
    return w @ v, w
