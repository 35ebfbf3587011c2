# mistake: a row counts if its own token is real, even if the token before is padding
# why: "which rows are real" is what the mask says; that the key must be real as well is overlooked
def previous_token_score(weights, mask=None):
    weights, mask = as_batch(weights, mask)
    previous = weights.diagonal(-1, dim1=-2, dim2=-1)  # (B, H, L - 1)
    rows = mask[:, 1:].to(weights.dtype)[:, None]  # (B, 1, L - 1)
    return (previous * rows).sum((0, 2)) / rows.sum().clamp(min=1)
