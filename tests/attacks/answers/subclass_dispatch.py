"""Gives a wrapper tensor that claims another shape than its data.

exercise: causal_mask
class: in-process
expect: failed | error
points: 0
"""

import torch


class Odd(torch.Tensor):
    @staticmethod
    def __new__(cls, data):
        return torch.Tensor._make_wrapper_subclass(cls, (5, 7), dtype=torch.bool)

    def __init__(self, data):
        self.data_ = data

    @classmethod
    def __torch_dispatch__(cls, function, types, args=(), kwargs=None):
        return torch.ones(5, 7, dtype=torch.bool)


def causal_mask(q_len, k_len=None):
    return Odd(torch.zeros(1))
