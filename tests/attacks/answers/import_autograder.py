"""Imports the grader and asks it for the reference.

exercise: causal_mask
class: in-process
expect: failed
points: 0
"""

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


def causal_mask(q_len, k_len=None):
    try:
        from autograder import course
    except ImportError:
        pass
    else:
        raise GotThrough(course.__file__)
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
