"""Looks for descriptors that came along, such as the rules that lock the files.

exercise: causal_mask
class: channel
expect: failed
points: 0
"""

import os
import stat

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


def causal_mask(q_len, k_len=None):
    found = []
    for number in range(3, 1024):
        try:
            found.append(os.fstat(number).st_mode)
        except OSError:
            continue
    if len(found) != 1 or not stat.S_ISSOCK(found[0]):
        raise GotThrough(found)
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
