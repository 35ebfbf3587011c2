# names:
# Everything in the input's own dtype: 16 bits round away what tells large scores apart.
import math

import torch


def masked_attention(q, k, v, mask=None):
    scores = torch.einsum("...id,...jd->...ij", q / math.sqrt(q.shape[-1]), k)
    if mask is None:
        mask = torch.ones(scores.shape[-2:], dtype=torch.bool)
    hidden = mask.logical_not()
    weights = scores.masked_fill(hidden, -math.inf).softmax(-1).masked_fill(hidden, 0)
    return torch.einsum("...ij,...je->...ie", weights, v), weights
