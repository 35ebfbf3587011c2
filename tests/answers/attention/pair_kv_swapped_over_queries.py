# names: kv_swapped, softmax_over_queries
# Values matched, keys mixed, normalised over queries.
import math

import torch


def attention(q, k, v):
    w = torch.softmax(v @ q.mT / math.sqrt(q.shape[-1]), dim=-1).mT
    return w @ k, w
