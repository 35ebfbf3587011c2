"""Replaces compile and exec, so that the cells that follow become others.

exercise: causal_mask
class: in-process
expect: failed | error | crashed
points: 0
"""

import builtins

import torch


def causal_mask(q_len, k_len=None):
    builtins.compile = lambda *args, **kwargs: "pass"
    builtins.exec = lambda *args, **kwargs: None
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
