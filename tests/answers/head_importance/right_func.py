# names:
# A function of the gates, differentiated.
import torch


def head_importance(mha, x, loss, mask=None):
    def value(gates):
        return loss(ablate_heads(mha, x, gates, mask))  # noqa: F821

    slope = torch.func.grad(value)(x.new_ones(mha.num_heads))
    return torch.abs(slope).detach()
