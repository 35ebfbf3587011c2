# names:
# The root of the mean square.
def induction_score(weights, period):
    weights, _ = as_batch(weights)  # noqa: F821
    line = weights.diagonal(1 - period, -2, -1)[..., 1:]
    return (line.square().sum((0, 2)) / max(1, line[:, 0].numel())).sqrt()
