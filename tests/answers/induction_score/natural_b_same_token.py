# mistake: looks period back, at the copy itself
# why: takes "looks at the earlier copy" for the whole definition
def induction_score(weights, period):
    weights, _ = as_batch(weights)
    L = weights.shape[-1]
    if period >= L:
        return weights.new_zeros(weights.shape[1])
    return weights.diagonal(-period, dim1=-2, dim2=-1).mean(-1).mean(0)
