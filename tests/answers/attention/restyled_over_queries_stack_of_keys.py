# names: softmax_over_queries
# Scores key by key: each list entry is a softmax over the queries.
import math

import torch


def attention(q, k, v):
    root = math.sqrt(k.shape[-1])
    columns = [torch.softmax((q * key.unsqueeze(-2)).sum(-1) / root, -1) for key in k.unbind(-2)]
    w = torch.stack(columns, dim=-1)
    return w @ v, w
