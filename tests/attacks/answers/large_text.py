"""Gives a text of 16 MiB.

exercise: causal_mask
class: resources
expect: memory
points: 0
"""


def causal_mask(q_len, k_len=None):
    return "x" * (16 << 20)
