"""Takes up to 6 GiB in pieces of 16 MiB.

exercise: causal_mask
class: resources
expect: memory | timeout
points: 0
"""

import torch


def causal_mask(q_len, k_len=None):
    kept = [torch.ones(16 << 20, dtype=torch.uint8) for _ in range(384)]
    return kept
