"""Asks for 6 GiB at once.

exercise: causal_mask
class: resources
expect: memory
points: 0
"""

import torch


def causal_mask(q_len, k_len=None):
    return torch.ones(6 << 30, dtype=torch.uint8)
