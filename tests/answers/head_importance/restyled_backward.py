# names: gradients_left_behind
# backward fills everything.
def head_importance(mha, x, loss, mask=None):
    gates = x.new_ones(mha.num_heads).requires_grad_()
    loss(ablate_heads(mha, x, gates, mask)).backward()  # noqa: F821
    return gates.grad.abs()
