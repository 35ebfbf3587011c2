"""Raises an exception whose text takes a minute.

exercise: causal_mask
class: resources
expect: timeout
points: 0
"""

import time

import torch


class Slow(Exception):
    def __str__(self):
        time.sleep(60)
        return ""


def causal_mask(q_len, k_len=None):
    raise Slow
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
