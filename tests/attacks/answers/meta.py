"""Gives a tensor without data.

exercise: causal_mask
class: channel
expect: failed
points: 0
"""

import torch


def causal_mask(q_len, k_len=None):
    return torch.ones(q_len, k_len or q_len, device="meta", dtype=torch.bool)
