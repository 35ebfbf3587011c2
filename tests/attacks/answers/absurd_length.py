"""Announces a frame of 4 GiB.

exercise: causal_mask
class: channel
expect: crashed | failed
points: 0
"""

import os
import stat
import struct

import torch


def causal_mask(q_len, k_len=None):
    for number in range(3, 50):
        try:
            if not stat.S_ISSOCK(os.fstat(number).st_mode):
                continue
        except OSError:
            continue
        os.write(number, struct.pack(">II", 2**32 - 1, 2**32 - 1))
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
