"""Reads environment and command line of other processes.

exercise: causal_mask
class: files
expect: failed
points: 0
"""

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


def causal_mask(q_len, k_len=None):
    for pid in range(1, 64):
        for name in ("environ", "cmdline", "status"):
            try:
                open(f"/proc/{pid}/{name}").close()
            except OSError:
                continue
            raise GotThrough(name)
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
