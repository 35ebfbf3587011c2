# names: no_softmax, kv_swapped
# Scaled scores with the values mix the keys.
import math

import torch


def attention(q, k, v):
    w = torch.einsum("...id,...jd->...ij", q / math.sqrt(q.shape[-1]), v)
    return torch.einsum("...ij,...jd->...id", w, k), w
