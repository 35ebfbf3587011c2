"""Starts 64 processes that sleep for 20 seconds.

exercise: causal_mask
class: life
expect: error
points: 0
"""

import os
import time

import torch


def causal_mask(q_len, k_len=None):
    for _ in range(64):
        if os.fork() == 0:
            time.sleep(20)
            os._exit(0)
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
