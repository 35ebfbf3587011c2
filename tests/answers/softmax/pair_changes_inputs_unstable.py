# names: changes_inputs, unstable_softmax
# The caller's tensor becomes its exponential, without a maximum.


def softmax(scores, dim=-1):
    e = scores.detach().exp_()
    return e / e.sum(dim=dim, keepdim=True)
