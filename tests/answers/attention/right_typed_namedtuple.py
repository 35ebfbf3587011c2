# names:
# From __future__ annotations with jaxtyping-like strings, a Protocol, and a NamedTuple as result.
from __future__ import annotations

from typing import NamedTuple, Protocol

import torch
from torch import Tensor


class Normaliser(Protocol):
    def __call__(
        self,
        scores: Float[Tensor, "... q k"],  # noqa: F722, F821
        dim: int = -1,
    ) -> Float[Tensor, "... q k"]: ...  # noqa: F722, F821


class Lookup(NamedTuple):
    output: Float[Tensor, "... q d_v"]  # noqa: F722, F821
    weights: Float[Tensor, "... q k"]  # noqa: F722, F821


def attention(
    q: Float[Tensor, "... q d"],  # noqa: F722, F821
    k: Float[Tensor, "... k d"],  # noqa: F722, F821
    v: Float[Tensor, "... k d_v"],  # noqa: F722, F821
    *,
    normalise: Normaliser | None = None,
) -> Lookup:
    """Scaled dot-product attention (Vaswani et al. 2017, Eq. 1)."""
    normalise = softmax if normalise is None else normalise  # noqa: F821
    weights: Tensor = normalise(scaled_scores(q, k), dim=-1)  # noqa: F821
    return Lookup(output=torch.matmul(weights, v), weights=weights)
