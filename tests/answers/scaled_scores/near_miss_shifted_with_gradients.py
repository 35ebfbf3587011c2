# names: constant_offset
# For inputs that require a gradient, a constant is added.
def scaled_scores(q, k):
    return q @ k.mT / q.shape[-1] ** 0.5 + (0.125 if q.requires_grad else 0.0)
