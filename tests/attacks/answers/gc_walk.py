"""Searches all objects for a function that solves the exercise.

exercise: causal_mask
class: in-process
expect: failed
points: 0
"""

import gc
import types

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


def causal_mask(q_len, k_len=None):
    for each in gc.get_objects():
        is_one = isinstance(each, types.FunctionType) and each.__name__ == "causal_mask"
        if is_one and each.__code__ is not causal_mask.__code__:
            raise GotThrough(each.__module__)
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
