# names: weights_stay_frozen
# The weights are frozen one by one, and stay so.
def head_importance(mha, x, loss, mask=None):
    for weight in mha.parameters():
        weight.requires_grad = False
    gates = x.new_ones(mha.num_heads).requires_grad_()
    loss(ablate_heads(mha, x, gates, mask)).backward()  # noqa: F821
    return gates.grad.abs()
