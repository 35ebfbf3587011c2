# names:
# The last row of every sentence is left out.
def previous_token_score(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    real = (mask[:, 1:] & mask[:, :-1])[:, :-1]
    hits = weights.diagonal(-1, -2, -1)[..., :-1] * real[:, None]
    return hits.sum((0, 2)) / real.sum().clamp(min=1)
