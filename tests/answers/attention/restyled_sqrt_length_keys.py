# names: scale_by_sqrt_length
# The scale is read off the score matrix: the root of the number of keys.
import math

import torch.nn.functional as F


def attention(q, k, v):
    scores = (k @ q.mT).mT
    weights = F.softmax(scores / math.sqrt(scores.shape[-1]), -1)
    return (v.mT @ weights.mT).mT, weights
