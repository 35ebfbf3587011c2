"""Gives an object that equals everything.

exercise: causal_mask
class: in-process
expect: failed
points: 0
"""


class Same:
    def __eq__(self, other):
        return True

    def __array__(self, *args, **kwargs):
        raise ValueError


def causal_mask(q_len, k_len=None):
    return Same()
