"""Reads the memory of other processes by process_vm_readv.

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
    buffer = ctypes.create_string_buffer(8)
    vector = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 8)
    for pid in range(1, 64):
        if pid != os.getpid() and libc.process_vm_readv(pid, vector, 1, vector, 1, 0) > 0:
            raise GotThrough(str(pid))
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
