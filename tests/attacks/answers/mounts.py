"""Mounts a file system of its own.

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
    if libc.mount(b"proc", b"/private", b"proc", 0, None) == 0:
        raise GotThrough
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
