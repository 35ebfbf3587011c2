"""Gives a list nested ten thousand deep.

exercise: causal_mask
class: resources
expect: failed | error | crashed
points: 0
"""


def causal_mask(q_len, k_len=None):
    deep = []
    for _ in range(10_000):
        deep = [deep]
    return deep
