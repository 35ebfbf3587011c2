# names:
# Three cells; a mixin with the projections, keys stored as they come and all of them turned when
# read, own mask from positions.
from __future__ import annotations

import torch
from torch import nn


class FourProjections:
    """Mixin: the four layers, and how to get heads out of them."""

    NAMES = ("q_proj", "k_proj", "v_proj", "o_proj")

    def make_projections(self, d_model: int, inner: int, bias: bool) -> None:
        for name in self.NAMES[:3]:
            self.add_module(name, nn.Linear(d_model, inner, bias=bias))
        self.add_module(self.NAMES[3], nn.Linear(inner, d_model, bias=bias))

    def heads_of(self, name: str, x: torch.Tensor) -> torch.Tensor:
        return split_heads(getattr(self, name)(x), self.num_heads)  # noqa: F821


# %%
def stored_and_new(cache, k, v):
    """Keys and values of everything, in the dtype of the new ones."""
    if cache is None:
        return k, v
    dtype = k.dtype
    k, v = cache.append(k, v)
    return k.to(dtype), v.to(dtype)


# %%
class CachedAttention(FourProjections, nn.Module):
    """Causal multi-head self-attention with a KV cache."""

    def __init__(self, d_model, num_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        if d_head is None and (d_model // num_heads) * num_heads != d_model:
            raise ValueError("num_heads does not divide d_model")
        self.num_heads, self.rope_base = num_heads, rope_base
        width = d_model // num_heads if d_head is None else d_head
        self.make_projections(d_model, num_heads * width, bias)

    def forward(self, x, cache=None):
        """Attend from ``x`` to itself and to what the cache holds."""
        q = self.heads_of("q_proj", x)
        k, v = stored_and_new(cache, self.heads_of("k_proj", x), self.heads_of("v_proj", x))
        of_keys = torch.arange(k.shape[2], device=x.device)
        of_queries = of_keys[k.shape[2] - q.shape[2] :]
        if self.rope_base is not None:
            q = rotary(q, of_queries, self.rope_base)  # noqa: F821
            k = rotary(k, of_keys, self.rope_base)  # noqa: F821
        mask = of_queries[:, None] >= of_keys
        return self.o_proj(merge_heads(masked_attention(q, k, v, mask)[0]))  # noqa: F821
