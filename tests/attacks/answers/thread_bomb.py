"""Starts 500 threads that sleep for 20 seconds.

exercise: causal_mask
class: life
expect: failed | error | memory | timeout | crashed
points: 0
"""

import threading
import time

import torch


def causal_mask(q_len, k_len=None):
    for _ in range(500):
        threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
