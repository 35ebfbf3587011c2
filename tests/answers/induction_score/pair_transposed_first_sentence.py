# names: rows_and_columns_swapped, first_sentence_only
# Above the diagonal, of the first sentence.
def induction_score(weights, period):
    weights, _ = as_batch(weights)  # noqa: F821
    line = weights[0].diagonal(period - 1, -2, -1)[..., 1:]
    return line.sum(-1) / max(1, line.shape[-1])
