"""Looks for the grader's classes among the loaded modules and replaces them.

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
    for name in list(sys.modules):
        if name.startswith("autograder."):
            raise GotThrough(name)
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
