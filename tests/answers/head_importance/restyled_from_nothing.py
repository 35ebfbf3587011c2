# names: gates_at_zero
# From closed gates.
import torch


def head_importance(mha, x, loss, mask=None):
    gates = x.new_zeros(mha.num_heads).requires_grad_()
    return torch.autograd.grad(loss(ablate_heads(mha, x, gates, mask)), [gates])[0].abs()  # noqa: F821
