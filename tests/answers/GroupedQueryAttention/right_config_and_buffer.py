# names:
# Dataclass config that raises, a loop over a table of widths, a non-persistent buffer of positions
# that grows.
from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn


class ConfigError(ValueError):
    """Sizes that do not go together."""


@dataclass(frozen=True, slots=True)
class Config:
    d_model: int
    num_heads: int
    num_kv_heads: int
    d_head: int

    @classmethod
    def checked(cls, d_model, num_heads, num_kv_heads, d_head) -> Config:
        if num_heads % num_kv_heads:
            raise ConfigError(f"{num_kv_heads} KV heads on {num_heads} query heads")
        if d_head is None:
            d_head, rest = divmod(d_model, num_heads)
            if rest:
                raise ConfigError(f"{num_heads} heads on d_model = {d_model}")
        return cls(d_model, num_heads, num_kv_heads, d_head)

    @property
    def widths(self) -> dict[str, tuple[int, int]]:
        wide, narrow = self.num_heads * self.d_head, self.num_kv_heads * self.d_head
        table = {name: (self.d_model, narrow) for name in ("k_proj", "v_proj")}
        return {"q_proj": (self.d_model, wide), **table, "o_proj": (wide, self.d_model)}


class GroupedQueryAttention(nn.Module):
    """Grouped-query attention, with rotary positions and a cache."""

    def __init__(self, d_model, num_heads, num_kv_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        self.config = Config.checked(d_model, num_heads, num_kv_heads, d_head)
        self.rope_base = rope_base
        for name, (inwards, outwards) in self.config.widths.items():
            setattr(self, name, nn.Linear(inwards, outwards, bias=bias))
        self.register_buffer("counted", torch.arange(16), persistent=False)

    def positions(self, start: int, end: int) -> torch.Tensor:
        """Positions start to end - 1, from a buffer that is made longer when it must be."""
        if end > len(self.counted):
            self.counted = torch.arange(2 * end, device=self.counted.device)
        return self.counted[start:end]

    def forward(self, x, mask=None, cache=None):
        """Attend from ``x`` to itself, and to what the cache holds."""
        q = split_heads(self.q_proj(x), self.config.num_heads)  # noqa: F821
        k = split_heads(self.k_proj(x), self.config.num_kv_heads)  # noqa: F821
        v = split_heads(self.v_proj(x), self.config.num_kv_heads)  # noqa: F821
        start = 0 if cache is None else cache.length
        if self.rope_base is not None:
            here = self.positions(start, start + x.shape[1])
            q, k = rotary(q, here, self.rope_base), rotary(k, here, self.rope_base)  # noqa: F821
        if cache is not None:
            k, v = (each.to(q.dtype) for each in cache.append(k, v))
            past = causal_mask(q.shape[2], k.shape[2]).to(x.device)  # noqa: F821
            mask = past if mask is None else mask & past
        return self.o_proj(merge_heads(grouped_attention(q, k, v, mask)))  # noqa: F821
