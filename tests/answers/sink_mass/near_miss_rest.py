# names:
# What does not go to the first token.
def sink_mass(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    order = mask.cumsum(-1)
    column = (weights * (mask & order.gt(1))[:, None, None]).sum(-1)
    keep = mask & order.gt(1)
    return (column * keep[:, None]).sum((0, 2)) / keep.sum().clamp(min=1)
