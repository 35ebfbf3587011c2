"""Changes the queries and keys it is given so that expected values would come out as zero.

exercise: masked_attention
class: in-process
expect: failed
points: 2
"""


def masked_attention(q, k, v, mask=None):
    q.zero_(), k.zero_(), v.zero_()
    return v.new_zeros(q.shape[0], q.shape[1], v.shape[2]), q @ k.mT
