# names: wrong_dtype
# Gates of PyTorch's default dtype.
import torch


def head_importance(mha, x, loss, mask=None):
    gates = torch.ones(mha.num_heads, requires_grad=True)
    return torch.autograd.grad(loss(ablate_heads(mha, x, gates, mask)), [gates])[0].abs()  # noqa: F821
