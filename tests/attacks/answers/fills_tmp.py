"""Writes 200 MiB into the temporary folder.

exercise: causal_mask
class: resources
expect: error | crashed
points: 0
"""

import tempfile

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


def causal_mask(q_len, k_len=None):
    with tempfile.NamedTemporaryFile(prefix="attention-canary-", delete=False) as file:
        for _ in range(200):
            file.write(bytes(1 << 20))
    raise GotThrough
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
