"""Sends tensors whose header claims a petabyte.

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
        head = json.dumps({"t0": {"dtype": "F32", "shape": [2**50], "data_offsets": [0, 2**52]}})
        blob = struct.pack("<Q", len(head)) + head.encode()
        text = json.dumps({"ok": True, "used": [], "value": {"tensor": "t0"}}).encode()
        os.write(number, struct.pack(">II", len(text), len(blob)) + text + blob)
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
