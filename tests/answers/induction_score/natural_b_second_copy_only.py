# mistake: only the rows of the second copy count, not those of the third and later ones
# why: the lesson's texts come twice
def induction_score(weights, period):
    weights, _ = as_batch(weights)
    L = weights.shape[-1]
    total = weights.new_zeros(weights.shape[:2])
    rows = range(period, min(2 * period, L))
    for i in rows:
        total += weights[:, :, i, i - period + 1]
    return total.mean(0) / max(len(rows), 1)
