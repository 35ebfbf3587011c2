"""Raises an exception that exits when it is printed.

exercise: causal_mask
class: channel
expect: error
points: 0
"""

import torch


class Odd(Exception):
    def __str__(self):
        raise SystemExit


def causal_mask(q_len, k_len=None):
    raise Odd
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
