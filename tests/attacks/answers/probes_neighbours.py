"""Looks for any other process, with the harmless signal 0.

exercise: causal_mask
class: life
expect: failed
points: 0
"""

import os

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


def causal_mask(q_len, k_len=None):
    for pid in range(2, 40000):
        try:
            os.kill(pid, 0)
        except OSError:
            continue
        raise GotThrough(str(pid))
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
