"""Walks through everything it can see in search of the course.

exercise: causal_mask
class: files
expect: failed | timeout
points: 0
"""

import os

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


def causal_mask(q_len, k_len=None):
    for folder, _, files in os.walk("/"):
        if "gradebook.db" in files or "02_masks.ipynb" in files or "misconceptions.py" in files:
            raise GotThrough(folder)
        if folder.count("/") > 6:
            break
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
