"""Gives one number, expanded to 16 GiB.

exercise: causal_mask
class: resources
expect: memory
points: 0
"""

import torch


def causal_mask(q_len, k_len=None):
    return torch.ones(1).expand(4 << 30)
