# names:
# The last key gets no weight.
import math

import torch.nn.functional as F


def attention(q, k, v):
    s = q @ k[..., :-1, :].mT / math.sqrt(q.shape[-1])
    w = F.pad(s.softmax(-1), (0, 1))
    return w @ v, w
