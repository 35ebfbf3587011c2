# names: scores_of_another_size
# Scaled by sqrt(d_head + 2.5).
import math

import torch


def attention(q, k, v):
    w = torch.softmax(q @ k.mT / math.sqrt(q.shape[-1] + 2.5), -1)
    return w @ v, w
