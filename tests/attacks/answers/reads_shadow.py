"""Reads the system's password file.

exercise: causal_mask
class: files
expect: failed
points: 0
"""

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


def causal_mask(q_len, k_len=None):
    for path in ("/etc/shadow", "/etc/passwd", "/root/.bashrc"):
        try:
            open(path).close()
        except OSError:
            continue
        raise GotThrough(path)
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
