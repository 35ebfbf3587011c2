# mistake: divides by the sum, so that the importances add up to 1
# why: importance is to be compared between layers, as in the paper
import torch


def head_importance(mha, x, loss, mask=None):
    gates = torch.ones(mha.num_heads, dtype=x.dtype).requires_grad_()
    out = ablate_heads(mha, x, gates, mask)
    grad = torch.autograd.grad(loss(out), gates)[0].abs()
    return grad / grad.sum()
