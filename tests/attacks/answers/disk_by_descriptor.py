"""Asks for memory that no limit counts: an anonymous file.

exercise: causal_mask
class: resources
expect: failed
points: 0
"""

import os

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


def causal_mask(q_len, k_len=None):
    try:
        os.memfd_create("canary")
    except OSError:
        pass
    else:
        raise GotThrough
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
