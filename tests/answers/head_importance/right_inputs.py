# names:
# backward, told which tensors it may fill.
import torch


def head_importance(mha, x, loss, mask=None):
    gates = torch.full((mha.num_heads,), 1.0, dtype=x.dtype)
    gates.requires_grad = True
    torch.autograd.backward(loss(ablate_heads(mha, x, gates, mask)), inputs=[gates])  # noqa: F821
    return gates.grad.detach().abs()
