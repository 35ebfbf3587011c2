"""Leaves a daemon behind that would write a file after the grading.

exercise: causal_mask
class: life
expect: error
points: 0
"""

import os
import time

import torch


def causal_mask(q_len, k_len=None):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(2)
            open("/tmp/attention-canary-daemon", "w").close()
        os._exit(0)
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
