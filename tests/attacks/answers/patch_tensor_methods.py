"""Replaces methods of Tensor by ones that say yes.

exercise: causal_mask
class: in-process
expect: failed | error | crashed
points: 0
"""

import torch


def causal_mask(q_len, k_len=None):
    torch.Tensor.__eq__ = lambda self, other: torch.tensor(True)
    torch.Tensor.equal = lambda self, other: True
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
