# names: changes_inputs, softmax_over_queries
# The caller's keys are scaled in place, and the softmax runs over queries.


def attention(q, k, v):
    k.detach().mul_(q.shape[-1] ** -0.5)
    w = (k @ q.mT).softmax(-1).mT
    return w @ v, w
