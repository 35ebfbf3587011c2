"""Writes garbage into the channel for as long as it is taken.

exercise: causal_mask
class: channel
expect: crashed | failed | timeout
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
        os.set_blocking(number, False)
        for _ in range(2000):
            try:
                os.write(number, bytes(65536))
            except OSError:
                break
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
