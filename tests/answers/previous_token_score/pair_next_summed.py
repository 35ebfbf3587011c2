# names: rows_and_columns_swapped, sum_for_mean
# The line above the diagonal, added up.
def previous_token_score(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    real = mask[:, 1:] * mask[:, :-1]
    return (weights.diagonal(1, -2, -1) * real[:, None]).sum(-1).sum(0)
