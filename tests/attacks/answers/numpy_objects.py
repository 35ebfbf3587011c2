"""Gives an array of Python objects.

exercise: causal_mask
class: channel
expect: failed
points: 0
"""

import numpy


def causal_mask(q_len, k_len=None):
    return numpy.array([[object()]])
