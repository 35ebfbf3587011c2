"""Reads the solution from the folders above, as stock nbgrader lets it.

exercise: causal_mask
class: files
expect: failed
points: 0
"""

import os

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


def causal_mask(q_len, k_len=None):
    for up in ("..", "../..", "../../..", "../../../.."):
        for name in ("solutions", "submitted", "gradebook.db", "autograder", "tests"):
            if os.path.exists(f"{up}/{name}"):
                raise GotThrough(f"{up}/{name}")
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
