# names: uniform_weights
# The exponent is multiplied by zero on the way, so every weight is equal.


def softmax(scores, dim=-1):
    e = (scores - scores).exp()
    return e * (1 / e.sum(dim, keepdim=True))
