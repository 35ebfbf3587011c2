"""Connects to an abstract socket, which no file system hides.

exercise: causal_mask
class: files
expect: failed
points: 0
"""

import socket

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


def causal_mask(q_len, k_len=None):
    try:
        socket.socket(socket.AF_UNIX).connect("\0attention-canary-47147")
    except OSError:
        pass
    else:
        raise GotThrough
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
