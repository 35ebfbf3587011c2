# names: no_error_when_indivisible
# A warning only.
import warnings

import torch
from torch import nn


class CachedAttention(nn.Module):
    """Written with the functions of earlier units."""

    def __init__(self, d_model, num_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        self.num_heads = num_heads
        self.rope_base = rope_base
        width = num_heads * (d_head or self.default_width(d_model, num_heads))
        self.q_proj = nn.Linear(d_model, width, bias=bias)
        self.k_proj = nn.Linear(d_model, width, bias=bias)
        self.v_proj = nn.Linear(d_model, width, bias=bias)
        self.o_proj = nn.Linear(width, d_model, bias=bias)

    @staticmethod
    def default_width(d_model, num_heads):
        if d_model % num_heads != 0:
            warnings.warn("num_heads does not divide d_model", stacklevel=2)
        return d_model // num_heads

    def qkv(self, x, start):
        q = split_heads(self.q_proj(x), self.num_heads)  # noqa: F821
        k = split_heads(self.k_proj(x), self.num_heads)  # noqa: F821
        v = split_heads(self.v_proj(x), self.num_heads)  # noqa: F821
        if self.rope_base is not None:
            positions = torch.arange(start, start + x.shape[1], device=x.device)
            q = rotary(q, positions, self.rope_base)  # noqa: F821
            k = rotary(k, positions, self.rope_base)  # noqa: F821
        return q, k, v

    def forward(self, x, cache=None):
        q, k, v = self.qkv(x, 0 if cache is None else cache.length)
        if cache is not None:
            k, v = cache.append(k, v)
        mask = causal_mask(q.shape[-2], k.shape[-2]).to(x.device)  # noqa: F821
        attended = masked_attention(q, k, v, mask)[0]  # noqa: F821
        return self.o_proj(merge_heads(attended))  # noqa: F821
