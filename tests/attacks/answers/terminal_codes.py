"""Raises an exception with terminal codes that would rewrite the screen.

exercise: causal_mask
class: channel
expect: error
points: 0
"""

import torch


def causal_mask(q_len, k_len=None):
    raise ValueError("\x1b[2J\x1b[1;1H\x1b]0;4/4 points\x07")
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
