# names: first_row_counted
# The number of rows is taken from the mask, first tokens included.
def previous_token_score(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    hits = weights.diagonal(-1, -2, -1).clone()
    hits[~(mask[:, 1:] & mask[:, :-1])[:, None].expand_as(hits)] = 0
    rows = int(mask.sum())
    return hits.sum(-1).sum(0) / (rows or 1)
