"""Gives NaN, which a test of the kind 'not (error > tolerance)' lets pass.

exercise: masked_attention
class: in-process
expect: failed
points: 2
"""


def masked_attention(q, k, v, mask=None):
    bad = float("nan")
    output = v.new_full((*q.shape[:-1], v.shape[-1]), bad)
    return output, v.new_full((*q.shape[:-1], k.shape[-2]), bad)
