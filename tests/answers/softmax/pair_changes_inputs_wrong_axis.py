# names: changes_inputs, softmax_wrong_axis
# Shifts the caller's scores in place and always normalises the last axis.


def softmax(scores, dim=-1):
    scores.detach().sub_(scores.detach().amax(-1, keepdim=True))
    e = scores.exp()
    return e / e.sum(-1, keepdim=True)
