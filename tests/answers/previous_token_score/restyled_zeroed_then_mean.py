# names: padding_in_the_divisor
# Rows of padding are zeroed, and then the mean runs over all.
def previous_token_score(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    if weights.shape[-1] == 1:
        return weights.new_zeros(weights.shape[1])
    both = (mask[:, 1:] & mask[:, :-1]).unsqueeze(1)
    zeroed = weights.diagonal(-1, -2, -1).masked_fill(~both, 0)
    return zeroed.permute(1, 0, 2).flatten(1).mean(-1)
