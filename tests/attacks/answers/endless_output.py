"""Prints for a minute.

exercise: causal_mask
class: resources
expect: timeout
points: 0
"""

import sys
import time

import torch


def causal_mask(q_len, k_len=None):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        print("x" * 9999)
        print("y" * 9999, file=sys.stderr)
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
