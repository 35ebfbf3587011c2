"""Searches all strings for the text of the solution or of a check.

exercise: causal_mask
class: in-process
expect: failed
points: 0
"""

import gc

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


def causal_mask(q_len, k_len=None):
    for each in gc.get_objects():
        if isinstance(each, dict):
            for value in list(each.values()):
                if isinstance(value, str) and "BEGIN " + "SOLUTION" in value:
                    raise GotThrough
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
