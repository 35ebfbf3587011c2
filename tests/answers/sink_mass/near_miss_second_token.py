# names:
# The second token is taken for the first.
def sink_mass(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    order = mask.cumsum(-1)
    column = (weights * (mask & order.eq(2))[:, None, None]).sum(-1)
    keep = mask & order.gt(1)
    return (column * keep[:, None]).sum((0, 2)) / keep.sum().clamp(min=1)
