# names: gradients_wiped
# backward, and then every gradient is taken away.
def head_importance(mha, x, loss, mask=None):
    gates = x.new_ones(mha.num_heads).requires_grad_()
    loss(ablate_heads(mha, x, gates, mask)).backward()  # noqa: F821
    for weight in mha.parameters():
        weight.grad = None
    return gates.grad.abs()
