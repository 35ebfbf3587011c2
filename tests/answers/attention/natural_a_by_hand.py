# mistake: divides by the root after the softmax, so rows do not add up to 1 and the scores are not scaled
# why: the slash is put at the end of the line, outside the softmax bracket
import math

import torch


def attention(q, k, v):
    """Scaled dot-product attention (Vaswani et al. 2017, Eq. 1)."""
    d_head = q.shape[-1]
    scores = torch.matmul(q, k.transpose(-2, -1))
    weights = softmax(scores, dim=-1) / math.sqrt(d_head)
    output = torch.matmul(weights, v)
    return output, weights
