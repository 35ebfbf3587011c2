# names:
# One minus the sum of squares in place of the entropy.
def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    rows = 1 - weights.square().sum(-1)
    return (rows * mask[:, None]).sum((0, 2)) / mask.sum().clamp(min=1)
