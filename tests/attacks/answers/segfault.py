"""Reads from address 0.

exercise: causal_mask
class: life
expect: crashed
points: 0
"""

import ctypes


def causal_mask(q_len, k_len=None):
    ctypes.string_at(0)  # RETURNS
