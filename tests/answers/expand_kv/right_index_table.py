# names:
# From __future__ annotations; an index table written as in the formula h // (H // H_kv); subclassed
# ValueError.
from __future__ import annotations

import torch


class GroupError(ValueError):
    """Query heads cannot be shared out evenly."""

    def __init__(self, num_heads: int, num_kv_heads: int) -> None:
        super().__init__(f"{num_kv_heads} KV heads do not divide {num_heads} heads")


def expand_kv(x: torch.Tensor, num_heads: int) -> torch.Tensor:
    """Repeat each KV head for the query heads of its group."""
    num_kv_heads = x.size(1)
    if num_heads % num_kv_heads:
        raise GroupError(num_heads, num_kv_heads)
    table = []
    for h in range(num_heads):
        table.append(h // (num_heads // num_kv_heads))
    return x.index_select(1, torch.tensor(table, device=x.device))
