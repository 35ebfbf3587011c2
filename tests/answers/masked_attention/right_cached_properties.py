# names:
# Frozen dataclass with cached properties, one per stage; NamedTuple as result.
from dataclasses import dataclass
from functools import cached_property
from math import inf, sqrt
from typing import NamedTuple, Optional

import torch


class Attended(NamedTuple):
    output: torch.Tensor
    weights: torch.Tensor


@dataclass(frozen=True, eq=False)
class Stages:
    q: torch.Tensor
    k: torch.Tensor
    v: torch.Tensor
    mask: Optional[torch.Tensor] = None  # noqa: UP045

    @cached_property
    def scores(self):
        return self.q @ self.k.transpose(-1, -2) / sqrt(self.q.shape[-1])

    @cached_property
    def allowed(self):
        if self.mask is None:
            return torch.ones_like(self.scores, dtype=torch.bool)
        return self.mask.expand_as(self.scores)

    @cached_property
    def awake(self):
        return self.allowed.any(dim=-1, keepdim=True)

    @cached_property
    def weights(self):
        hidden = torch.where(self.allowed, self.scores, -inf)
        harmless = torch.where(self.awake, hidden, 0.0)
        return torch.where(self.awake, softmax(harmless, dim=-1), 0.0)  # noqa: F821

    @cached_property
    def output(self):
        return self.weights @ self.v


def masked_attention(q, k, v, mask=None):
    """Scaled dot-product attention under a boolean mask."""
    work = torch.promote_types(q.dtype, torch.float32)
    stages = Stages(*(each.to(work) for each in (q, k, v)), mask)
    return Attended(stages.output.to(q.dtype), stages.weights.to(q.dtype))
