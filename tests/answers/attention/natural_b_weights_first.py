# mistake: returns (weights, output) instead of (output, weights)
# why: returns things in the order in which they were computed
def attention(q, k, v):
    weights = softmax(scaled_scores(q, k), dim=-1)
    output = weights @ v
    return weights, output
