"""Connects to a server on this machine.

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
        socket.create_connection(("127.0.0.1", 47147), 1)
    except OSError:
        pass
    else:
        raise GotThrough
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
