# names: returns_zeros
# A tensor minus itself.


def softmax(scores, dim=-1):
    top = scores.amax(dim, keepdim=True)
    return (scores - top) - (scores - top)
