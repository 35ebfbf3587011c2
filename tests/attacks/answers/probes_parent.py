"""Signals its parent, with the harmless signal 0.

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
    try:
        os.kill(os.getppid(), 0)
    except OSError:
        pass
    else:
        raise GotThrough
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
