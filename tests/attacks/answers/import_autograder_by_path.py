"""Searches the import path for the course's folders.

exercise: causal_mask
class: in-process
expect: failed
points: 0
"""

import os
import sys

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


def causal_mask(q_len, k_len=None):
    for folder in sys.path:
        for name in ("autograder", "solutions", "attnlab"):
            if os.path.exists(os.path.join(folder, name, "__init__.py")):
                raise GotThrough(folder)
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
