"""Lifts its own limits.

exercise: causal_mask
class: life
expect: failed
points: 0
"""

import resource

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


def causal_mask(q_len, k_len=None):
    for name in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE):
        try:
            resource.setrlimit(name, (-1, -1))
        except (OSError, ValueError):
            continue
        raise GotThrough(str(name))
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
