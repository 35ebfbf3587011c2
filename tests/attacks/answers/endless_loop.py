"""Loops for a minute, swallowing every interrupt.

exercise: causal_mask
class: life
expect: timeout
points: 0
"""

import time

import torch


def causal_mask(q_len, k_len=None):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            while time.monotonic() < end:
                pass
        except BaseException:
            pass
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
