# mistake: drops the given mask when a single new token comes with a cache
# why: the lesson says that one new token may see everything, and that is said of the causal mask alone
import torch
from torch import nn


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, num_heads, num_kv_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        if num_heads % num_kv_heads:
            raise ValueError("num_kv_heads does not divide num_heads")
        if d_head is None:
            d_head, rest = divmod(d_model, num_heads)
            if rest:
                raise ValueError("num_heads does not divide d_model")
        self.num_heads, self.num_kv_heads, self.rope_base = num_heads, num_kv_heads, rope_base
        self.q_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, num_kv_heads * d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, num_kv_heads * d_head, bias=bias)
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, mask=None, cache=None):
        L = x.shape[1]
        start = 0 if cache is None else cache.length
        q = split_heads(self.q_proj(x), self.num_heads)
        k = split_heads(self.k_proj(x), self.num_kv_heads)
        v = split_heads(self.v_proj(x), self.num_kv_heads)
        if self.rope_base is not None:
            positions = torch.arange(start, start + L)
            q = rotary(q, positions, self.rope_base)
            k = rotary(k, positions, self.rope_base)
        if cache is not None:
            k, v = cache.append(k, v)
            if L == 1:
                mask = None
            else:
                causal = causal_mask(L, k.shape[2])
                mask = causal if mask is None else mask & causal
        return self.o_proj(merge_heads(grouped_attention(q, k, v, mask)))
