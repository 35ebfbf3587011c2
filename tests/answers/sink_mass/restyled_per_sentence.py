# names: sentences_not_averaged
# Each sentence keeps its own scores.
def sink_mass(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    order = mask.cumsum(-1)
    column = (weights * (mask & order.eq(1))[:, None, None]).sum(-1)
    keep = mask & order.gt(1)
    return (column * keep[:, None]).sum(-1) / keep.sum(-1)[:, None].clamp(min=1)
