# names: copy_itself, sum_for_mean
# The copy itself, added up.
def induction_score(weights, period):
    weights, _ = as_batch(weights)  # noqa: F821
    return weights.diagonal(-period, -2, -1).sum(-1).sum(0)
