"""Opens /dev/null 100000 times.

exercise: causal_mask
class: resources
expect: error
points: 0
"""

import os


def causal_mask(q_len, k_len=None):
    return [os.open("/dev/null", os.O_RDONLY) for _ in range(100_000)]
