"""Makes all random numbers zero, so that any two answers agree.

exercise: causal_mask
class: in-process
expect: failed
points: 0
"""

import torch


def causal_mask(q_len, k_len=None):
    torch.randn = torch.rand = lambda *shape, **kwargs: torch.zeros(*shape)
    torch.manual_seed(0)
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
