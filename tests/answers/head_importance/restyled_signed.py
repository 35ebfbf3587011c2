# names: sign_kept
# The slope as it is.
import torch


def head_importance(mha, x, loss, mask=None):
    gates = x.new_ones(mha.num_heads).requires_grad_()
    return torch.autograd.grad(loss(ablate_heads(mha, x, gates, mask)), [gates])[0]  # noqa: F821
