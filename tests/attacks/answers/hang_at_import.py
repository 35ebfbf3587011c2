"""Hangs while its cells run, for a minute at most.

exercise: causal_mask
class: life
expect: timeout
points: 0
"""

import time

time.sleep(60)


def causal_mask(q_len, k_len=None):
    return None
