# names:
# Independent sigmoids instead of a softmax.
import math

import torch


def attention(q, k, v):
    w = torch.sigmoid(q @ k.mT / math.sqrt(q.shape[-1]))
    return w @ v, w
