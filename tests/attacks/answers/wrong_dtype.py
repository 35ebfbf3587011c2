"""Gives the right numbers as floats.

exercise: causal_mask
class: channel
expect: failed
points: 0
"""

import torch


def causal_mask(q_len, k_len=None):
    k_len = k_len or q_len
    return (torch.ones(q_len, k_len).tril(k_len - q_len)).double()
