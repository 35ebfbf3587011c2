"""Keeps what it was called with for the next submission to find.

exercise: causal_mask
class: in-process
expect: failed | error
points: 0
"""

import sys

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


def causal_mask(q_len, k_len=None):
    sys.modules.setdefault("loot", []).append(q_len)
    if len(sys.modules["loot"]) > 200:
        raise GotThrough
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
