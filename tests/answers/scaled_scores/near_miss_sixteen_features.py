# names:
# Features after the first sixteen are left out.
def scaled_scores(q, k):
    return q[..., :16] @ k[..., :16].mT / q.shape[-1] ** 0.5
