# mistake: with a cache a given mask takes the place of the causal mask instead of being joined to it
# why: "causal by default": a mask that somebody gives is taken for the whole truth
import torch
from torch import nn


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, num_heads, num_kv_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        if num_heads % num_kv_heads != 0:
            raise ValueError("num_kv_heads must divide num_heads")
        if d_head is None:
            if d_model % num_heads != 0:
                raise ValueError("num_heads must divide d_model")
            d_head = d_model // num_heads
        self.num_heads, self.num_kv_heads, self.rope_base = num_heads, num_kv_heads, rope_base
        self.q_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, num_kv_heads * d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, num_kv_heads * d_head, bias=bias)
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, mask=None, cache=None):
        q = split_heads(self.q_proj(x), self.num_heads)
        k = split_heads(self.k_proj(x), self.num_kv_heads)
        v = split_heads(self.v_proj(x), self.num_kv_heads)
        start = 0 if cache is None else cache.length
        if self.rope_base is not None:
            where = torch.arange(start, start + x.shape[1], device=x.device)
            q, k = rotary(q, where, self.rope_base), rotary(k, where, self.rope_base)
        if cache is not None:
            k, v = cache.append(k, v)
            if mask is None:
                mask = causal_mask(x.shape[1], k.shape[2]).to(x.device)
        heads = grouped_attention(q, k, v, mask)
        return self.o_proj(merge_heads(heads))
