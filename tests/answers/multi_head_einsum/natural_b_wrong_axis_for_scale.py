# mistake: unpacks w_q as (H, d_head, d_model), so the scores are scaled by the square root of d_model
# why: nn.Linear has the output first, and the student did not look that here the input comes first
import math

import torch


def multi_head_einsum(x, w_q, w_k, w_v, w_o, mask=None):
    num_heads, d_head, d_model = w_q.shape
    q, k, v = (torch.einsum("bld,hde->bhle", x, w) for w in (w_q, w_k, w_v))
    scores = torch.einsum("bhqe,bhke->bhqk", q, k) / math.sqrt(d_head)
    if mask is not None:
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights * mask  # rows without a key become zero
    heads = torch.einsum("bhqk,bhke->bhqe", weights, v)
    return torch.einsum("bhle,hed->bld", heads, w_o)
