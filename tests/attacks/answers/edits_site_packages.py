"""Plants a module that Python loads at every start.

exercise: causal_mask
class: files
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
        try:
            open(os.path.join(folder, "sitecustomize.py"), "a").close()
        except OSError:
            continue
        raise GotThrough(folder)
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
