# names:
# Weights below .01 count as .01 in the logarithm.
def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    rows = -(weights * weights.clamp(min=0.01).log()).sum(-1)
    return (rows * mask[:, None]).sum((0, 2)) / mask.sum().clamp(min=1)
