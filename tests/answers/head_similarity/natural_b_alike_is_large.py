# mistake: returns log 2 minus the divergence, so alike heads have the largest number
# why: the function is called similarity
import math

import torch


def head_similarity(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    p, q = weights[:, :, None], weights[:, None]
    entr = torch.special.entr
    js = (entr((p + q) / 2) - (entr(p) + entr(q)) / 2).sum(-1)
    mean = (js * mask[:, None, None]).sum((0, 3)) / mask.sum().clamp(min=1)
    return math.log(2) - mean
