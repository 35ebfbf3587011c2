# names: largest_for_mean
# The largest weight on the first token that occurs.
def sink_mass(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    order = mask.cumsum(-1)
    column = (weights * (mask & order.eq(1))[:, None, None]).sum(-1)
    column = column * (mask & order.gt(1))[:, None]
    return column.max(dim=-1).values.max(dim=0).values
