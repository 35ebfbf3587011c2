# names: inverted_mask, sum_for_mean
# True is taken for padding, and the weights are added up.
def sink_mass(weights, mask=None):
    weights, real = as_batch(weights, None if mask is None else mask == 0)  # noqa: F821
    order = real.cumsum(-1)
    column = (weights * (real & (order == 1))[:, None, None]).sum(-1)
    return (column * (real & (order > 1))[:, None]).sum(-1).sum(0)
