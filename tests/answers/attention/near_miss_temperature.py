# names: scores_of_another_size
# A temperature of 1.5 on top of the scale.
import math

import torch


def attention(q, k, v):
    w = torch.softmax(q @ k.mT / math.sqrt(q.shape[-1]) / 1.5, -1)
    return w @ v, w
