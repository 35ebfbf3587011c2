# names:
# Functools.partial of einsum, each side divided by the fourth root of d_head.
from functools import partial
from operator import truediv

import torch

_dots = partial(torch.einsum, "...qd,...kd->...qk")


def scaled_scores(q, k):
    """Scaled dot products of every query with every key."""
    work = torch.promote_types(q.dtype, torch.float32)
    root = q.size(-1) ** 0.25
    return _dots(*(truediv(each.to(work), root) for each in (q, k))).to(q.dtype)
