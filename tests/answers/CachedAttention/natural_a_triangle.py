# mistake: makes a square mask for the new tokens, which does not fit the stored keys and raises an error for a later chunk
# why: there are as many queries as new tokens, and the length of the keys after the append is not thought of
import torch
from torch import nn


class CachedAttention(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        if d_head is None:
            if d_model % num_heads != 0:
                raise ValueError("num_heads must divide d_model")
            d_head = d_model // num_heads
        self.num_heads = num_heads
        self.rope_base = rope_base
        self.q_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, cache=None):
        L = x.shape[1]
        start = 0 if cache is None else cache.length
        q = split_heads(self.q_proj(x), self.num_heads)
        k = split_heads(self.k_proj(x), self.num_heads)
        v = split_heads(self.v_proj(x), self.num_heads)
        if self.rope_base is not None:
            positions = torch.arange(start, start + L)
            q = rotary(q, positions, self.rope_base)
            k = rotary(k, positions, self.rope_base)
        if cache is not None:
            k, v = cache.append(k, v)
        out, _ = masked_attention(q, k, v, causal_mask(L))
        return self.o_proj(merge_heads(out))
