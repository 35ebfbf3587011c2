# names: inverted_mask, own_token
# True is taken for padding, and the diagonal itself is read.
def previous_token_score(weights, mask=None):
    real = None if mask is None else mask.logical_not()
    weights, real = as_batch(weights, real)  # noqa: F821
    own = weights.diagonal(0, -2, -1) * real[:, None]
    return own.sum((0, 2)) / real.sum().clamp(min=1)
