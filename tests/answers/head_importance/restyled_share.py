# names: importance_adds_up_to_one
# Shares of the whole.
import torch


def head_importance(mha, x, loss, mask=None):
    def value(gates):
        return loss(ablate_heads(mha, x, gates, mask))  # noqa: F821

    size = torch.autograd.functional.jacobian(value, x.new_ones(mha.num_heads)).abs()
    return torch.nn.functional.normalize(size, p=1, dim=0)
