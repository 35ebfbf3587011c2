# mistake: a row counts if its token is real, whether or not the one before is
# why: padding stands behind in every example the learner has in mind
def previous_token_score(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    counts = mask[:, 1:]  # the first token has no previous one
    total = 0
    for line, row in zip(weights.diagonal(-1, -2, -1), counts, strict=True):
        total = total + (line * row).sum(-1)
    return total / counts.sum().clamp(min=1)
