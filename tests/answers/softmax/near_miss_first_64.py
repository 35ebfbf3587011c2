# names: rows_of_another_sum
# Rows of more than 64 scores are cut.
def softmax(scores, dim=-1):
    known = scores.narrow(dim, 0, min(64, scores.shape[dim]))
    weights = (scores - known.amax(dim, keepdim=True)).exp()
    return weights / weights.narrow(dim, 0, known.shape[dim]).sum(dim, keepdim=True)
