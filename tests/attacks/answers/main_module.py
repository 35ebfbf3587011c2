"""Looks into the main module for what the grader left there.

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
    main = sys.modules["__main__"]
    for name in ("seed", "secret", "checks", "reference"):
        if hasattr(main, name):
            raise GotThrough(name)
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
