"""Sends a tensor of 40,000 axes, in an order of its own.

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

AXES = 40_000


def causal_mask(q_len, k_len=None):
    tensor = {"dtype": "U8", "shape": [1] * AXES, "data_offsets": [0, 1]}
    head = json.dumps({"t0": tensor}).encode()
    blob = struct.pack("<Q", len(head)) + head + b"\1"
    value = {"tensor": "t0", "grad": False, "order": list(range(AXES))[::-1]}
    text = json.dumps({"ok": True, "used": [], "value": value}).encode()
    for number in range(3, 50):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                os.write(number, struct.pack(">II", len(text), len(blob)) + text + blob)
        except OSError:
            continue
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
