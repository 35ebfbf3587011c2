# names:
# An instance of a class with __call__, lru_cache behind it and a clone in front, so that no caller
# shares memory.
from functools import lru_cache
from typing import Optional

import torch


class BottomRight:
    """Makes causal masks; the last query sees the last key."""

    def __init__(self, remember: int = 8):
        self._make = lru_cache(maxsize=remember)(self._build)

    @staticmethod
    def _build(rows: int, columns: int) -> torch.Tensor:
        future = torch.ones(rows, columns).triu(diagonal=columns - rows + 1)
        return future.eq(0)

    def __call__(self, q_len: int, k_len: Optional[int] = None) -> torch.Tensor:  # noqa: UP045
        return self._make(q_len, q_len if k_len is None else k_len).clone()


causal_mask = BottomRight()
