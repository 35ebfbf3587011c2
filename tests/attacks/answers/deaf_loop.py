"""Ignores all signals it can and sleeps for a minute.

exercise: causal_mask
class: life
expect: timeout
points: 0
"""

import contextlib
import signal
import time

import torch


def causal_mask(q_len, k_len=None):
    for number in range(1, 32):
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN)
    time.sleep(60)
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
