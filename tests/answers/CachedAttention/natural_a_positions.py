# mistake: does not pass rope_base on, so the angles always have base 10000
# why: rotary has a default that is right in most tries
import torch
from torch import nn


class CachedAttention(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        if d_head is None and d_model % num_heads != 0:
            raise ValueError("d_head is not given and num_heads does not divide d_model")
        self.H = num_heads
        self.d_head = d_model // num_heads if d_head is None else d_head
        self.rope_base = rope_base
        inner = self.H * self.d_head
        self.q_proj = nn.Linear(d_model, inner, bias)
        self.k_proj = nn.Linear(d_model, inner, bias)
        self.v_proj = nn.Linear(d_model, inner, bias)
        self.o_proj = nn.Linear(inner, d_model, bias)

    def forward(self, x, cache=None):
        B, L, _ = x.shape
        offset = 0 if cache is None else cache.length
        q = split_heads(self.q_proj(x), self.H)
        k = split_heads(self.k_proj(x), self.H)
        v = split_heads(self.v_proj(x), self.H)
        if self.rope_base is not None:
            p = torch.arange(L) + offset
            q, k = rotary(q, p), rotary(k, p)
        if cache is not None:
            k, v = cache.append(k, v)
        y, _ = masked_attention(q, k, v, causal_mask(L, k.shape[-2]))
        return self.o_proj(merge_heads(y))
