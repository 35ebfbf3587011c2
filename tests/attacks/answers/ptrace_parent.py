"""Attaches to the process that serves submissions.

exercise: causal_mask
class: life
expect: failed
points: 0
"""

import ctypes
import os

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


def causal_mask(q_len, k_len=None):
    libc = ctypes.CDLL(None, use_errno=True)
    for pid in (1, 2, 3, os.getppid()):
        if libc.ptrace(16, pid, 0, 0) == 0:
            raise GotThrough(str(pid))
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
