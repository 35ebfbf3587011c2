# names: no_scale
# Bare einsum, then exp of the difference to the logsumexp.
import torch


def attention(q, k, v):
    dots = torch.einsum("...qd,...kd->...qk", q, k)
    weights = (dots - torch.logsumexp(dots, -1, keepdim=True)).exp()
    return torch.einsum("...qk,...ke->...qe", weights, v), weights
