"""What a property needs to know of an attention: what goes in, and how its cache is handled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from .verdict import Case

Run = Callable[[Tensor], Tensor]
"""From a batch of sequences ``(B, L, ...)`` to ``(B, L, ...)``."""

Attend = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]
"""``attend(q, k, v, mask)``: queries ``(B, H, L_q, d_head)``, keys and values
``(B, H_kv, L_k, d_head)``, a boolean mask ``(B, 1, L_q, L_k)``, ``True`` = may attend; gives
``(B, H, L_q, d_head)``."""


class Inputs(Protocol):
    """Draws sequences."""

    def draw(self, case: Case, generator: torch.Generator) -> Tensor:
        """Sequences ``(case.batch, case.length, ...)``."""


@dataclass(frozen=True)
class Vectors:
    """Sequences of normal vectors ``(B, L, width)``, for a layer."""

    width: int
    dtype: torch.dtype = torch.float64

    def draw(self, case: Case, generator: torch.Generator) -> Tensor:
        """Sequences ``(B, L, width)``."""
        size = (case.batch, case.length, self.width)
        return torch.randn(size, generator=generator, dtype=torch.float64).to(self.dtype)


@dataclass(frozen=True)
class Tokens:
    """Sequences of random tokens ``(B, L)``, for a whole language model."""

    vocabulary: int

    def draw(self, case: Case, generator: torch.Generator) -> Tensor:
        """Tokens ``(B, L)``."""
        return torch.randint(self.vocabulary, (case.batch, case.length), generator=generator)


@dataclass(frozen=True)
class Heads:
    """Queries, keys and values, for attention without projections.

    The sizes are chosen to tell apart: 6 heads on 2 KV heads are groups of 3.
    """

    num_heads: int = 6
    num_kv_heads: int = 2
    d_head: int = 4
    dtype: torch.dtype = torch.float64

    def draw(
        self, case: Case, generator: torch.Generator, scale: float = 1.0
    ) -> tuple[Tensor, Tensor, Tensor]:
        """``q (B, H, L, d_head)``, ``k`` and ``v (B, H_kv, L, d_head)``.

        ``scale`` is the standard deviation of the scores, about.
        """

        def normal(heads: int, std: float = 1.0) -> Tensor:
            size = (case.batch, heads, case.length, self.d_head)
            values = torch.randn(size, generator=generator, dtype=torch.float64) * std
            return values.to(self.dtype)

        return normal(self.num_heads, scale), normal(self.num_kv_heads), normal(self.num_kv_heads)


@dataclass(frozen=True)
class Session:
    """One batch of sequences being read, with whatever cache there is behind it.

    Attributes:
        step: reads the tokens that follow, ``(B, L_new, ...)`` to ``(B, L_new, ...)``.
        trim: keeps the first so many positions.
        select: keeps these rows of the batch, in this order; a row may come twice (beams).
        read: what is stored, one tensor ``(B, ...)``: a copy or a view.
    """

    step: Run
    trim: Callable[[int], object] | None = None
    select: Callable[[Tensor], object] | None = None
    read: Callable[[], Tensor] | None = None


Start = Callable[[int], Session]
"""``start(batch)``: a session that has read nothing."""
