# names:
# Three cells; functions over a mutable dataclass "Step", match on (mask, cache); future import in
# the last cell.
from dataclasses import dataclass

import torch


@dataclass
class Step:
    """What one call of forward works on."""

    q: torch.Tensor
    k: torch.Tensor
    v: torch.Tensor
    start: int = 0

    def turn(self, base):
        if base is None:
            return self
        positions = torch.arange(self.q.shape[2], device=self.q.device).add_(self.start)
        self.q, self.k = (rotary(each, positions, base=base) for each in (self.q, self.k))  # noqa: F821
        return self

    def remember(self, cache):
        if cache is not None:
            self.k, self.v = map(self._like_q, cache.append(self.k, self.v))
        return self

    def _like_q(self, tensor):
        return tensor.to(self.q)


# %%
def visible(step, mask, cache):
    """The mask for this step, or None."""
    match mask, cache:
        case _, None:
            return mask
        case None, _:
            return causal_mask(step.q.shape[2], step.k.shape[2]).to(step.q.device)  # noqa: F821
        case _:
            return mask & causal_mask(step.q.shape[2], step.k.shape[2]).to(mask.device)  # noqa: F821


# %%
from __future__ import annotations  # noqa: E402, F404

from torch import nn  # noqa: E402


class GroupedQueryAttention(nn.Module):
    """Grouped-query attention, with rotary positions and a cache."""

    def __init__(
        self,
        d_model: int,
        num_heads: int,
        num_kv_heads: int,
        d_head: int | None = None,
        bias: bool = False,
        rope_base: float | None = None,
    ) -> None:
        if num_heads % num_kv_heads or (d_head is None and d_model % num_heads):
            raise ValueError(f"{d_model=}, {num_heads=}, {num_kv_heads=} do not go together")
        super().__init__()
        d_head = d_model // num_heads if d_head is None else d_head
        self.heads = (num_heads, num_kv_heads, num_kv_heads)
        self.q_proj, self.k_proj, self.v_proj = (
            nn.Linear(d_model, count * d_head, bias=bias) for count in self.heads
        )
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)
        self.rope_base = rope_base

    def forward(
        self,
        x: torch.Tensor,
        mask: torch.Tensor | None = None,
        cache: KVCache | None = None,  # noqa: F821
    ) -> torch.Tensor:
        """Attend from ``x`` to itself, and to what the cache holds."""
        layers = (self.q_proj, self.k_proj, self.v_proj)
        cut = (split_heads(layer(x), n) for layer, n in zip(layers, self.heads, strict=True))  # noqa: F821
        step = Step(*cut, start=cache.length if cache is not None else 0)
        step.turn(self.rope_base).remember(cache)
        found = grouped_attention(step.q, step.k, step.v, visible(step, mask, cache))  # noqa: F821
        return self.o_proj(merge_heads(found))  # noqa: F821
