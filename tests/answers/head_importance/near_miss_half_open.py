# names:
# The slope where all gates are at 0.5.
import torch


def head_importance(mha, x, loss, mask=None):
    gates = (x.new_ones(mha.num_heads) / 2).requires_grad_()
    return torch.autograd.grad(loss(ablate_heads(mha, x, gates, mask)), [gates])[0].abs()  # noqa: F821
