"""Raises an exception with a text of 64 MiB.

exercise: causal_mask
class: resources
expect: error
points: 0
"""

import torch


def causal_mask(q_len, k_len=None):
    raise ValueError("x" * (64 << 20))
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
