# mistake: divides by the number of real tokens minus 1, as if the batch had one first token
# why: three rows of four count in the lesson, where there is one sentence
def previous_token_score(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    real = mask[:, 1:] & mask[:, :-1]
    line = weights.diagonal(offset=-1, dim1=2, dim2=3)
    rows = (mask.sum() - 1).clamp(min=1)
    return (line * real[:, None]).sum(dim=(0, 2)) / rows
