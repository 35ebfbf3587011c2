# names:
# Only the first 16 keys are seen.
def attention(q, k, v):
    k, v = k[..., :16, :], v[..., :16, :]
    weights = softmax(scaled_scores(q, k))  # noqa: F821
    return weights @ v, weights
