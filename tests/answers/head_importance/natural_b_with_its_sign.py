# mistake: returns the gradient with its sign
# why: "by the gradient of its gate", and the size is not thought of
import torch


def head_importance(mha, x, loss, mask=None):
    gates = torch.ones(mha.num_heads, dtype=x.dtype, requires_grad=True)
    value = loss(ablate_heads(mha, x, gates, mask))
    (gradient,) = torch.autograd.grad(value, gates)
    return gradient
