"""Closes the channel and goes on living.

exercise: causal_mask
class: channel
expect: crashed
points: 0
"""

import os
import stat

import torch


def causal_mask(q_len, k_len=None):
    for number in range(3, 50):
        try:
            if not stat.S_ISSOCK(os.fstat(number).st_mode):
                continue
        except OSError:
            continue
        os.close(number)
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
