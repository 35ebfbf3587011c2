# names:
# Three places back.
def previous_token_score(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    real = mask[:, 3:] & mask[:, :-3]
    hits = weights.diagonal(-3, -2, -1) * real[:, None]
    return hits.sum((0, 2)) / real.sum().clamp(min=1)
