# names:
# backward on a copy of the module whose weights require nothing.
import copy

import torch


def head_importance(mha, x, loss, mask=None):
    frozen = copy.deepcopy(mha).requires_grad_(False)
    gates = torch.ones(mha.num_heads).to(x.dtype).requires_grad_()
    loss(ablate_heads(frozen, x, gates, mask)).backward()  # noqa: F821
    return gates.grad.abs()
