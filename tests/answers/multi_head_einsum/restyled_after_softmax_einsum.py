# names: mask_after_softmax
# The mask is a factor in the last einsum.
import math

import torch
from torch import einsum


def multi_head_einsum(x, w_q, w_k, w_v, w_o, mask=None):
    queries = einsum("bim,hmd->bihd", x, w_q)
    keys = einsum("bjm,hmd->bjhd", x, w_k)
    values = einsum("bjm,hmd->bjhd", x, w_v)
    scores = einsum("bihd,bjhd->bhij", queries, keys) / math.sqrt(w_q.shape[-1])
    weights = torch.softmax(scores, dim=-1)
    keep = torch.ones_like(weights) if mask is None else mask.expand_as(weights).to(weights)
    return einsum("bhij,bhij,bjhd,hdm->bim", keep, weights, values, w_o)
