# names: kv_swapped
# A helper takes (query, values, keys), the call passes (q, k, v).
import math

import torch


def _lookup(query, values, keys):
    scores = keys @ query.transpose(-1, -2) / math.sqrt(query.shape[-1])
    weights = torch.softmax(scores, dim=-2).transpose(-1, -2)
    return weights @ values, weights


def attention(q, k, v):
    return _lookup(q, k, v)
