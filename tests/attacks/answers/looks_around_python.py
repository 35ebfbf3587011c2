"""Looks for the course around Python, under every name that leads there.

exercise: causal_mask
class: files
expect: failed
points: 0
"""

import os
import sys
from pathlib import Path

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


NAMES = ("solutions", "exercises", "submitted", ".course_secret", "gradebook.db")


def causal_mask(q_len, k_len=None):
    places = [sys.prefix, sys.base_prefix, sys.executable, torch.__file__, os.__file__, os.getcwd()]
    for place in places + [os.path.realpath(each) for each in places]:
        for folder in Path(place).parents:
            for name in NAMES:
                if os.path.lexists(folder / name):
                    raise GotThrough(str(folder / name))
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
