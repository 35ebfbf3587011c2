"""Replaces the function that sends its answers by one that sends a full verdict.

exercise: causal_mask
class: in-process
expect: failed | crashed
points: 0
"""

import sys

import torch


def causal_mask(q_len, k_len=None):
    wire = sys.modules["wire"]
    before = wire.send
    forged = {"ok": True, "value": True, "passed": True, "points": 4, "used": []}
    wire.send = lambda channel, message, **room: before(channel, message | forged, **room)
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
