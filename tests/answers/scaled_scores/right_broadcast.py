# names:
# Right: all pairs by broadcasting, summed over the last axis.
import math


def scaled_scores(q, k, *, scale=None):
    scale = 1 / math.sqrt(q.shape[-1]) if scale is None else scale
    return (q.unsqueeze(-2) * k.unsqueeze(-3)).sum(dim=-1) * scale
