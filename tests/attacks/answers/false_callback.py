"""Calls a function of the grader's that it was never given.

exercise: causal_mask
class: channel
expect: crashed | failed
points: 0
"""

import json
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
        text = json.dumps({"callback": 0, "args": {"tuple": []}, "kwargs": {"dict": []}}).encode()
        os.write(number, struct.pack(">II", len(text), 0) + text)
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
