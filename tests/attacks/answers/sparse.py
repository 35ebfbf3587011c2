"""Gives a sparse tensor.

exercise: causal_mask
class: channel
expect: failed
points: 0
"""

import torch


def causal_mask(q_len, k_len=None):
    return torch.ones(q_len, k_len or q_len).to_sparse()
