"""Keeps a secret for the next submission in the kernel's keyring.

exercise: causal_mask
class: files
expect: failed
points: 0
"""

import ctypes

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


def causal_mask(q_len, k_len=None):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(248, b"user", b"canary", b"x", 1, -4) >= 0:
        raise GotThrough
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
