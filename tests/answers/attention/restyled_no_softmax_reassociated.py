# names: no_softmax
# Linear attention without a feature map: (q k^T) v computed as q (k^T v).
import math

import torch


def attention(q, k, v):
    root = math.sqrt(q.shape[-1])
    memory = torch.einsum("...jd,...je->...de", k, v) / root
    return q @ memory, torch.einsum("...id,...jd->...ij", q, k) / root
