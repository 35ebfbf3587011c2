# names: constant_factor
# Divided by d_head ** 0.4.


def scaled_scores(q, k):
    return q @ k.transpose(-2, -1) / q.shape[-1] ** 0.4
