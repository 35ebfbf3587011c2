# names:
# The previous and the next token together, halved.
def previous_token_score(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    real = (mask[:, 1:] & mask[:, :-1])[:, None]
    both = weights.diagonal(-1, -2, -1) + weights.diagonal(1, -2, -1)
    return (both * real).sum((0, 2)) / 2 / real.sum().clamp(min=1)
