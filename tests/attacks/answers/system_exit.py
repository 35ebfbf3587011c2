"""Leaves with exit code 0 in the hope that this counts as success.

exercise: causal_mask
class: life
expect: error
points: 0
"""

import sys


def causal_mask(q_len, k_len=None):
    sys.exit(0)  # RETURNS
