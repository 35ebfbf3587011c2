"""Opens the memory of processes under /proc.

exercise: causal_mask
class: life
expect: failed
points: 0
"""

import os

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


def causal_mask(q_len, k_len=None):
    for name in ("self", "1", "2", "3", str(os.getppid())):
        try:
            open(f"/proc/{name}/mem", "rb").close()
        except OSError:
            continue
        raise GotThrough(name)
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
