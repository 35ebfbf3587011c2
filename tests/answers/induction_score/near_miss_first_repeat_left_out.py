# names:
# The first row of the second copy is left out.
def induction_score(weights, period):
    weights, _ = as_batch(weights)  # noqa: F821
    line = weights.diagonal(1 - period, -2, -1)[..., 2:]
    return line.sum((0, 2)) / max(1, line[:, 0].numel())
