"""Makes isinstance, len and all say what suits it.

exercise: causal_mask
class: in-process
expect: failed | error | crashed
points: 0
"""

import torch


def causal_mask(q_len, k_len=None):
    import builtins

    builtins.all = lambda values: True
    builtins.any = lambda values: False
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
