# mistake: multiplies the raw scores with the values; the weights are only returned, not used
# why: at midnight two variables that begin alike, and the wrong one completed by the editor
def attention(q, k, v):
    scores = scaled_scores(q, k)
    weights = softmax(scores)
    output = scores @ v
    return output, weights
