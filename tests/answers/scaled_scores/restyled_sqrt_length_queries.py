# names: scale_by_sqrt_length
# q.shape[-2] where q.shape[-1] was meant, on the way through the transpose.


def scaled_scores(q, k):
    return (k @ q.mT).mT.mul(q.size(-2) ** -0.5)
