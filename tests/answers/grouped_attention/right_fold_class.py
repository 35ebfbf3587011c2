# names:
# A small frozen dataclass knows how to fold and unfold the group; callable instance as mask folder.
from __future__ import annotations

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Fold:
    batch: int
    groups: int
    size: int
    rows: int

    @classmethod
    def of(cls, q: torch.Tensor, k: torch.Tensor) -> Fold:
        size, rest = divmod(q.shape[1], k.shape[1])
        if rest or not size:
            raise ValueError(f"H_kv = {k.shape[1]} does not divide H = {q.shape[1]}")
        return cls(q.shape[0], k.shape[1], size, q.shape[2])

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        return x.reshape(self.batch, self.groups, self.size * self.rows, x.shape[-1])

    def undo(self, x: torch.Tensor) -> torch.Tensor:
        return x.reshape(self.batch, self.groups * self.size, self.rows, x.shape[-1])


def grouped_attention(q, k, v, mask=None):
    """Scaled dot-product attention with shared KV heads."""
    fold = Fold.of(q, k)
    if mask is not None:
        mask = fold(mask.broadcast_to(*q.shape[:3], k.shape[2]))
    output, _ = masked_attention(fold(q), k, v, mask)  # noqa: F821
    return fold.undo(output)
