# mistake: where d_head is not given it is d_model // num_kv_heads in place of d_model // num_heads
# why: confuses the two numbers of heads, which are the same for multi-head attention
import torch
from torch import nn


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, num_heads, num_kv_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        if num_heads % num_kv_heads != 0:
            raise ValueError("num_kv_heads does not divide num_heads")
        if d_head is None:
            if d_model % num_heads != 0:
                raise ValueError("num_heads does not divide d_model")
            d_head = d_model // num_kv_heads
        self.num_heads = num_heads
        self.num_kv_heads = num_kv_heads
        self.rope_base = rope_base
        self.q_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, num_kv_heads * d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, num_kv_heads * d_head, bias=bias)
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, mask=None, cache=None):
        n = x.shape[1]
        start = cache.length if cache is not None else 0
        q, k, v = self.q_proj(x), self.k_proj(x), self.v_proj(x)
        q = split_heads(q, self.num_heads)
        k, v = split_heads(k, self.num_kv_heads), split_heads(v, self.num_kv_heads)
        if self.rope_base is not None:
            where = torch.arange(start, start + n)
            q, k = (rotary(t, where, self.rope_base) for t in (q, k))
        if cache is not None:
            k, v = cache.append(k, v)
            causal = causal_mask(n, k.shape[2])
            mask = causal & mask if mask is not None else causal
        return self.o_proj(merge_heads(grouped_attention(q, k, v, mask)))
