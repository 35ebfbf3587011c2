"""Gives infinities.

exercise: masked_attention
class: in-process
expect: failed
points: 2
"""


def masked_attention(q, k, v, mask=None):
    bad = float("inf")
    output = v.new_full((*q.shape[:-1], v.shape[-1]), bad)
    return output, v.new_full((*q.shape[:-1], k.shape[-2]), bad)
