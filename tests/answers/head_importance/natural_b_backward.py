# mistake: backward() fills the gradients of the module's weights and of x as well
# why: it is the way the lesson takes a gradient
import torch


def head_importance(mha, x, loss, mask=None):
    gates = torch.ones(mha.num_heads, dtype=x.dtype, requires_grad=True)
    loss(ablate_heads(mha, x, gates, mask)).backward()
    return gates.grad.abs()
