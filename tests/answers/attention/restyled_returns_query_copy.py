# names: returns_query
# Weights are right, the output is q again.
import math

import torch


def attention(q, k, v):
    s = torch.stack([(q * key.unsqueeze(-2)).sum(-1) for key in k.unbind(-2)], -1)
    w = torch.softmax(s / math.sqrt(q.shape[-1]), -1)
    return w.sum(-1, keepdim=True) * q, w
