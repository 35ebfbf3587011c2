# mistake: divides by the number of real tokens, the first one included
# why: "mean over the rows" means dividing by the length, the row without a previous token is not taken off
def previous_token_score(weights, mask=None):
    weights, mask = as_batch(weights, mask)
    total = 0
    L = weights.shape[-1]
    for i in range(1, L):
        both = mask[:, i] & mask[:, i - 1]
        total = total + (weights[:, :, i, i - 1] * both[:, None]).sum(0)
    if L == 1 or mask.sum() == 0:
        return weights.new_zeros(weights.shape[1])
    return total / mask.sum()
