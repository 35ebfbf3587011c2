"""Aborts.

exercise: causal_mask
class: life
expect: crashed
points: 0
"""

import os


def causal_mask(q_len, k_len=None):
    os.abort()  # RETURNS
