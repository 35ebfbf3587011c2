"""Sends itself SIGKILL.

exercise: causal_mask
class: life
expect: error | crashed
points: 0
"""

import os


def causal_mask(q_len, k_len=None):
    os.kill(os.getpid(), 9)  # RETURNS
