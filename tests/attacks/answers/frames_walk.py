"""Walks up the stack in search of expected values, seeds or points.

exercise: causal_mask
class: in-process
expect: failed
points: 0
"""

import sys

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


def causal_mask(q_len, k_len=None):
    frame = sys._getframe()
    while frame:
        for name in ("reference", "expected", "seed", "points", "checks", "solution"):
            if name in frame.f_locals or name in frame.f_globals:
                raise GotThrough(name)
        frame = frame.f_back
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
