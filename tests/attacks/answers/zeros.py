"""Gives zeros of the right shape: what other courses' tests let pass.

exercise: masked_attention
class: in-process
expect: failed
points: 3
"""


def masked_attention(q, k, v, mask=None):
    return v.new_zeros(*q.shape[:-1], v.shape[-1]), v.new_zeros(*q.shape[:-1], k.shape[-2])
