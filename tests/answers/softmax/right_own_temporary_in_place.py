# names:
# Right: in-place work, but only on its own copy; an extra keyword with a default.


def softmax(scores, dim=-1, *, temperature=1.0):
    work = scores.clone()
    if temperature != 1.0:
        work = work / temperature
    work -= work.detach().amax(dim=dim, keepdim=True)
    work.exp_()
    return work / work.sum(dim, keepdim=True)
