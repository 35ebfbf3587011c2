"""Takes all the timers and pending signals that its user may have.

exercise: causal_mask
class: resources
expect: failed
points: 0
"""

import ctypes

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


def causal_mask(q_len, k_len=None):
    libc = ctypes.CDLL(None)
    number = ctypes.c_int()
    for _ in range(1000):
        if libc.timer_create(1, None, ctypes.byref(number)):
            return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
    raise GotThrough
