# names:
# The values are mixed in reverse order.
import math

import torch


def attention(q, k, v):
    w = torch.softmax(q @ k.mT / math.sqrt(q.shape[-1]), -1)
    return w @ v.flip(-2), w
