# mistake: calls backward and then zero_grad, which wipes gradients that the weights had before
# why: that is how a training loop cleans up
import torch


def head_importance(mha, x, loss, mask=None):
    gates = torch.ones(mha.num_heads, dtype=x.dtype, requires_grad=True)
    loss(ablate_heads(mha, x.detach(), gates, mask)).backward()  # noqa: F821
    mha.zero_grad()
    return gates.grad.abs()
