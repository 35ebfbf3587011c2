# names: sign_kept, mask_ignored
# Signs, and no mask.
import torch


def head_importance(mha, x, loss, mask=None):
    gates = x.new_ones(mha.num_heads).requires_grad_()
    return torch.autograd.grad(loss(ablate_heads(mha, x, gates)), [gates])[0]  # noqa: F821
