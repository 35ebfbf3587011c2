# names:
# Right: one query at a time.
import math

import torch


def scaled_scores(q, k):
    rows = [(k * q[..., i : i + 1, :]).sum(-1) for i in range(q.shape[-2])]
    return torch.stack(rows, dim=-2) / math.sqrt(k.shape[-1])
