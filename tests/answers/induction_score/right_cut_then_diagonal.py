# names:
# The rows of the first copy are cut off first: then the column is one behind the row.
def induction_score(weights, period):
    later = weights[..., period:, 1:]  # row r is token period + r, column c is token 1 + c
    if later.shape[-2] == 0 or later.shape[-1] == 0:
        return weights.new_zeros(weights.shape[-3])
    hits = later.diagonal(0, -2, -1)
    return hits.mean(-1) if hits.dim() == 2 else hits.mean((0, -1))
