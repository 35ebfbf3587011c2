# mistake: scales by the width of the values d_v instead of the width of queries and keys
# why: unpacks the shape of the last argument and calls what it finds there "the width"
import math

import torch


def attention(q, k, v):
    *_, L_k, d = v.shape
    scores = torch.einsum("...qd,...kd->...qk", q, k) / math.sqrt(d)
    weights = softmax(scores, -1)
    output = torch.einsum("...qk,...kd->...qd", weights, v)
    return output, weights
