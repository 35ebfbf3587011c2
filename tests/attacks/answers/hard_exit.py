"""Ends the process with exit code 0.

exercise: causal_mask
class: life
expect: crashed
points: 0
"""

import os


def causal_mask(q_len, k_len=None):
    os._exit(0)  # RETURNS
