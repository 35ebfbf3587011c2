"""Leaves a file wherever it can.

exercise: causal_mask
class: resources
expect: failed
points: 0
"""

import sys

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


def causal_mask(q_len, k_len=None):
    for place in ("/tmp", "/var/tmp", "/dev/shm", "/run", ".", "/", "/usr", sys.prefix):
        try:
            open(f"{place}/attention-canary-file", "w").close()
        except OSError:
            continue
        raise GotThrough(place)
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
