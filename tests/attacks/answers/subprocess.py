"""Runs a shell.

exercise: causal_mask
class: life
expect: failed
points: 0
"""

import subprocess

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


def causal_mask(q_len, k_len=None):
    try:
        subprocess.run(["/bin/sh", "-c", "true"], check=True)
    except OSError:
        pass
    else:
        raise GotThrough
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
