# names: constant_factor
# Divided by its length, as the paper does within a layer.
import torch


def head_importance(mha, x, loss, mask=None):
    g = torch.ones(mha.num_heads, dtype=x.dtype, requires_grad=True)
    (slope,) = torch.autograd.grad(loss(ablate_heads(mha, x, g, mask)), g)  # noqa: F821
    return slope.abs() / slope.norm()
