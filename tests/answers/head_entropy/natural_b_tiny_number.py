# mistake: adds 1e-12 inside the logarithm, which half precision rounds to 0, so 0 log 0 is NaN
# why: the usual cure for log 0 in float32
def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    rows = -(weights * (weights + 1e-12).log()).sum(-1)  # (B, H, L)
    return (rows * mask[:, None]).sum((0, 2)) / mask.sum().clamp(min=1)
