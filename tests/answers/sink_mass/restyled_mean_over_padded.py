# names: padding_in_the_divisor
# Zeroed rows of padding are averaged as well.
def sink_mass(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    b, _, length = weights.shape[:3]
    order = mask.cumsum(-1)
    column = (weights * (mask & order.eq(1))[:, None, None]).sum(-1)
    kept = column.masked_fill(~(mask & order.gt(1))[:, None], 0).sum(-1)
    return kept.sum(0) / max(1, b * (length - 1))
