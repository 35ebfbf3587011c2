"""Puts a module of its own in the place of numpy.

exercise: causal_mask
class: in-process
expect: failed | error | crashed
points: 0
"""

import sys
import types

import torch


def causal_mask(q_len, k_len=None):
    fake = types.ModuleType("numpy")
    fake.allclose = fake.array_equal = lambda *args, **kwargs: True
    sys.modules["numpy"] = fake
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
