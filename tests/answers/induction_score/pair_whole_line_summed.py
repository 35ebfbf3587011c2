# names: first_copy_counted, sum_for_mean
# The whole line, added up.
def induction_score(weights, period):
    weights, _ = as_batch(weights)  # noqa: F821
    return weights.diagonal(1 - period, -2, -1).sum(dim=(0, -1))
