"""Gives a list that contains itself.

exercise: causal_mask
class: resources
expect: failed | error | crashed
points: 0
"""


def causal_mask(q_len, k_len=None):
    loop = []
    loop.append(loop)
    return loop
