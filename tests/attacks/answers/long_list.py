"""Gives a list of ten million numbers.

exercise: causal_mask
class: resources
expect: memory | failed | error | crashed | timeout
points: 0
"""


def causal_mask(q_len, k_len=None):
    return [0] * 10_000_000
