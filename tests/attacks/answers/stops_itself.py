"""Sends itself SIGSTOP, so that the grader waits.

exercise: causal_mask
class: life
expect: error | timeout
points: 0
"""

import os


def causal_mask(q_len, k_len=None):
    os.kill(os.getpid(), 19)  # RETURNS
