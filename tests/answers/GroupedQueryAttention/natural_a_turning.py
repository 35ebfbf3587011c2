# mistake: throws away the turned keys, so only the queries are rotated
# why: believes for the second call that rotary works in place, or forgets the assignment
import torch
from torch import nn


class GroupedQueryAttention(nn.Module):
    """Grouped-query attention with rotary positions and a cache."""

    def __init__(self, d_model, num_heads, num_kv_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        if num_heads % num_kv_heads != 0:
            raise ValueError("num_kv_heads does not divide num_heads")
        if d_head is None and d_model % num_heads != 0:
            raise ValueError("num_heads does not divide d_model")
        d_head = d_model // num_heads if d_head is None else d_head
        self.H, self.H_kv = num_heads, num_kv_heads
        self.rope_base = rope_base
        self.q_proj = nn.Linear(d_model, self.H * d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, self.H_kv * d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, self.H_kv * d_head, bias=bias)
        self.o_proj = nn.Linear(self.H * d_head, d_model, bias=bias)

    def forward(self, x, mask=None, cache=None):
        B, L, _ = x.shape
        first = 0 if cache is None else cache.length
        positions = torch.arange(first, first + L)
        q = split_heads(self.q_proj(x), self.H)
        k = split_heads(self.k_proj(x), self.H_kv)
        v = split_heads(self.v_proj(x), self.H_kv)
        if self.rope_base is not None:
            q = rotary(q, positions, self.rope_base)
            rotary(k, positions, self.rope_base)
        if cache is not None:
            k, v = cache.append(k, v)
            causal = causal_mask(L, k.shape[2])
            mask = causal if mask is None else causal & mask
        heads = grouped_attention(q, k, v, mask)
        return self.o_proj(merge_heads(heads))
