# names: d_head_ignored
# The static method is called in any case.
import math

import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        self.num_heads = num_heads
        self.d_head = self._width(d_model, num_heads)
        inner = num_heads * self.d_head
        self.q_proj, self.k_proj, self.v_proj = (nn.Linear(d_model, inner, bias) for _ in "qkv")
        self.o_proj = nn.Linear(inner, d_model, bias)

    @staticmethod
    def _width(d_model, num_heads):
        quotient, rest = divmod(d_model, num_heads)
        if rest:
            raise ValueError(f"{d_model} / {num_heads} leaves a rest of {rest}")
        return quotient

    def forward(self, x, context=None, mask=None, return_weights=False):
        context = x if context is None else context
        sizes = (self.num_heads, self.d_head)
        q = self.q_proj(x).unflatten(-1, sizes)
        k = self.k_proj(context).unflatten(-1, sizes)
        v = self.v_proj(context).unflatten(-1, sizes)
        scores = torch.einsum("bqhd,bkhd->bhqk", q, k) / math.sqrt(self.d_head)
        if mask is not None:
            scores = scores.masked_fill(~mask, -math.inf)
        weights = torch.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights.masked_fill(~mask, 0.0)
        joined = torch.einsum("bhqk,bkhd->bqhd", weights, v).flatten(-2)
        out = self.o_proj(joined)
        return (out, weights) if return_weights else out
