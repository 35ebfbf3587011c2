# names:
# The copy and the token behind it together.
def induction_score(weights, period):
    weights, _ = as_batch(weights)  # noqa: F821
    line = weights.diagonal(1 - period, -2, -1)[..., 1:]
    both = line + weights.diagonal(-period, -2, -1)
    return both.sum((0, 2)) / max(1, both[:, 0].numel())
