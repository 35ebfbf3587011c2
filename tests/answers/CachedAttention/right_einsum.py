# names:
# einsum, the mask from positions.
import math

import torch
from torch import nn


class CachedAttention(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        if d_head is None:
            d_head, rest = divmod(d_model, num_heads)
            if rest:
                raise ValueError(f"{d_model} / {num_heads} leaves a rest: say which d_head")
        self.num_heads, self.d_head, self.rope_base = num_heads, d_head, rope_base
        inner = num_heads * d_head
        self.q_proj, self.k_proj, self.v_proj = (nn.Linear(d_model, inner, bias) for _ in "qkv")
        self.o_proj = nn.Linear(inner, d_model, bias)

    def heads(self, y):
        return y.unflatten(-1, (self.num_heads, self.d_head)).permute(0, 2, 1, 3)

    def forward(self, x, cache=None):
        start = cache.length if cache is not None else 0
        q, k, v = (self.heads(layer(x)) for layer in (self.q_proj, self.k_proj, self.v_proj))
        positions = torch.arange(x.shape[1], device=x.device) + start
        if self.rope_base is not None:
            q, k = (rotary(t, positions, self.rope_base) for t in (q, k))  # noqa: F821
        if cache is not None:
            k, v = (t.to(q.dtype) for t in cache.append(k, v))
        scores = torch.einsum("bhid,bhjd->bhij", q, k) / math.sqrt(self.d_head)
        visible = torch.arange(k.shape[2], device=x.device) <= positions[:, None]
        scores = scores.float() if scores.dtype != torch.float64 else scores
        weights = scores.masked_fill(~visible, -math.inf).softmax(dim=-1).to(v.dtype)
        mixed = torch.einsum("bhij,bhjd->bihd", weights, v)
        return self.o_proj(mixed.flatten(-2))
