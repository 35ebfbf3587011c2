# names:
# The rotation is a closure chosen once in __init__; projections by a loop; namedtuple of sizes.
from collections import namedtuple
from functools import partial

import torch
from torch import nn

Sizes = namedtuple("Sizes", "heads width")


def unturned(x, positions):
    return x


class CachedAttention(nn.Module):
    """Causal multi-head self-attention with a KV cache."""

    def __init__(self, d_model, num_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        if d_head is None:
            if d_model % num_heads:
                raise ValueError(f"{num_heads} heads do not divide {d_model}")
            d_head = d_model // num_heads
        self.sizes = Sizes(num_heads, d_head)
        for letter in "qkv":
            setattr(self, f"{letter}_proj", nn.Linear(d_model, num_heads * d_head, bias=bias))
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)
        self.turn = unturned if rope_base is None else partial(rotary, base=rope_base)  # noqa: F821

    def forward(self, x, cache=None):
        """Attend from ``x`` to itself and to what the cache holds."""
        start = getattr(cache, "length", 0)
        positions = torch.arange(x.shape[1], device=x.device) + start
        q, k, v = (
            split_heads(layer(x), self.sizes.heads)  # noqa: F821
            for layer in (self.q_proj, self.k_proj, self.v_proj)
        )
        q, k = (self.turn(each, positions) for each in (q, k))
        if cache is not None:
            k, v = (each.to(q) for each in cache.append(k, v))
        mask = causal_mask(q.shape[-2], k.shape[-2]).to(x.device)  # noqa: F821
        heads, _ = masked_attention(q, k, v, mask)  # noqa: F821
        return self.o_proj(merge_heads(heads))  # noqa: F821
