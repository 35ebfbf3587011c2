# names: logarithm_returned
# The logarithm of the weights is returned.


def softmax(scores, dim=-1):
    z = scores - scores.amax(dim, keepdim=True)
    return z - z.logsumexp(dim, keepdim=True)
