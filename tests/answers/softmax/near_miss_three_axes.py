# names:
# The last axis is taken to be axis 2.
def softmax(scores, dim=-1):
    dim = 2 if dim == -1 else dim
    weights = (scores - scores.amax(dim, keepdim=True)).exp()
    return weights / weights.sum(dim, keepdim=True)
