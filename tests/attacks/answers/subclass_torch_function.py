"""Gives a tensor subclass whose comparisons all come out true.

exercise: causal_mask
class: in-process
expect: failed
points: 0
"""

import torch


class Yes(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return torch.tensor(True)


def causal_mask(q_len, k_len=None):
    return torch.zeros(1).as_subclass(Yes)
