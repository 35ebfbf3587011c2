"""Replaces itself by another program.

exercise: causal_mask
class: life
expect: failed
points: 0
"""

import contextlib
import os

import torch


def causal_mask(q_len, k_len=None):
    with contextlib.suppress(OSError):
        os.execv("/bin/true", ["true"])
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
