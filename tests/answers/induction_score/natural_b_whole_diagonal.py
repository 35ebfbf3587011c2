# mistake: takes the whole diagonal, which begins one row before the first repeat
# why: period - 1 back is a diagonal of the map, and its mean is one line
def induction_score(weights, period):
    weights, _ = as_batch(weights)
    if period == weights.shape[-1]:
        return weights.new_zeros(weights.shape[1])
    diagonal = weights.diagonal(-(period - 1), -2, -1)  # (B, H, L - period + 1)
    return diagonal.mean(dim=(0, 2))
