# names: changes_inputs
# Works in place on a transposed view, which is the caller's memory.


def softmax(scores, dim=-1):
    rows = scores.detach().transpose(dim, -1)
    rows -= rows.max(-1, keepdim=True).values
    rows.exp_()
    return (rows / rows.sum(-1, keepdim=True)).transpose(dim, -1)
