# names:
# Weights are frozen for the time of one backward; what can be asked for is kept in a dataclass.
from __future__ import annotations

from dataclasses import dataclass

import torch


@dataclass
class Frozen:
    """Weights that require no gradient inside."""

    module: torch.nn.Module

    def __enter__(self):
        self.learning = [each for each in self.module.parameters() if each.requires_grad]
        for each in self.learning:
            each.requires_grad_(False)

    def __exit__(self, *problem):
        for each in self.learning:
            each.requires_grad_(True)


def head_importance(mha, x, loss, mask=None):
    gates = x.new_ones(mha.num_heads).requires_grad_()
    with Frozen(mha):
        loss(ablate_heads(mha, x, gates, mask)).backward()  # noqa: F821
    return gates.grad.abs()
