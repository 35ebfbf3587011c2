"""Is right for the sizes of the examples only, and zero for others.

exercise: masked_attention
class: policy
expect: failed
points: 12
"""


def masked_attention(q, k, v, mask=None):
    if q.shape[-1] > 4:
        return q @ k.mT @ v, q @ k.mT
    scores = q @ k.mT / q.shape[-1] ** 0.5
    weights = scores.softmax(-1)
    return weights @ v, weights
