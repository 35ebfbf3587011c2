# names: padding_taken_for_previous
# Only the row's own token is asked whether it is real.
def previous_token_score(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    picked = weights.diagonal(-1, -2, -1).movedim(1, -1)[mask[:, 1:]]
    return picked.sum(0) / max(1, picked.shape[0])
