# names: gates_at_zero, mask_ignored
# Closed gates, and no mask.
import torch


def head_importance(mha, x, loss, mask=None):
    slope = torch.func.grad(lambda g: loss(ablate_heads(mha, x, g)))  # noqa: F821
    return slope(x.new_zeros(mha.num_heads)).abs().detach()
