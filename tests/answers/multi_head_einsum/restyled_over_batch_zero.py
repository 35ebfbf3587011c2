# names: softmax_over_batch
# dim=0.
import math

import torch
from torch import einsum


def multi_head_einsum(x, w_q, w_k, w_v, w_o, mask=None):
    queries = einsum("bim,hmd->bihd", x, w_q)
    keys = einsum("bjm,hmd->bjhd", x, w_k)
    values = einsum("bjm,hmd->bjhd", x, w_v)
    scores = einsum("bihd,bjhd->bhij", queries, keys) / math.sqrt(w_q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=0)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return einsum("bhij,bjhd,hdm->bim", weights, values, w_o)
