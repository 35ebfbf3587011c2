"""Fills the memory of the kernel with empty files, which no limit of sizes counts.

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
    folder = os.environ.get("TMPDIR", "/private")
    try:
        for number in range(5000):
            open(f"{folder}/{number}", "w").close()
    except OSError:
        return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
    raise GotThrough
