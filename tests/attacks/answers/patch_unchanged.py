"""Changes its inputs and makes the watcher say that it did not.

exercise: causal_mask
class: in-process
expect: failed | crashed
points: 0
"""

import sys

import torch


def causal_mask(q_len, k_len=None):
    sys.modules["watch"].inputs_changed = lambda *args: []
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
