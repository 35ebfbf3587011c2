# names: missing_axis
# A single query loses its axis.
def scaled_scores(q, k):
    return (q @ k.mT / q.shape[-1] ** 0.5).squeeze(-2)
