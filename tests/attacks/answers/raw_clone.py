"""Starts a process by the bare system call, past Python and the C library.

exercise: causal_mask
class: life
expect: failed
points: 0
"""

import ctypes

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


def causal_mask(q_len, k_len=None):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(56, 17, 0, 0, 0, 0) >= 0:
        raise GotThrough
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
