# names: changes_inputs, multiplied_by_scale
# The caller's queries grow by the root of d_head.
import math


def scaled_scores(q, k):
    q.detach().mul_(math.sqrt(q.shape[-1]))
    return (q.unsqueeze(-2) * k.unsqueeze(-3)).sum(-1)
