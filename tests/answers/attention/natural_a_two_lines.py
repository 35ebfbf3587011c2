# mistake: multiplies the values by the raw scores in place of the weights
# why: a slip in the name of the variable; both have the same shape
def attention(q, k, v):
    scores = scaled_scores(q, k)
    weights = softmax(scores, dim=-1)
    output = scores @ v
    return output, weights
