# names:
# A step of a tenth from 1, divided by its length.
import torch


@torch.no_grad()
def head_importance(mha, x, loss, mask=None):
    H = mha.num_heads
    whole = loss(ablate_heads(mha, x, x.new_ones(H), mask))  # noqa: F821
    less = 1 - 0.1 * torch.eye(H, dtype=x.dtype)
    return torch.stack([(loss(ablate_heads(mha, x, g, mask)) - whole).abs() / 0.1 for g in less])  # noqa: F821
