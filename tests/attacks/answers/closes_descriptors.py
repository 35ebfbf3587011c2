"""Closes every descriptor, the grader's channel among them.

exercise: causal_mask
class: resources
expect: crashed
points: 0
"""

import os

import torch


def causal_mask(q_len, k_len=None):
    os.closerange(0, 4096)
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
