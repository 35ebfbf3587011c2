# names: padding_counted, sum_for_mean
# No mask, and no division.
def previous_token_score(weights, mask=None):
    if weights.dim() == 3:
        weights = weights[None]
    return weights.diagonal(-1, -2, -1).sum(-1).sum(0)
