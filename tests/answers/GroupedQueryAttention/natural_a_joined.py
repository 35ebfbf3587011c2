# mistake: joins the masks with the word "and", which asks a tensor for its truth value and raises an error
# why: "joined by &" is read as a logical and, which is "and" in Python
import torch
from torch import nn


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, num_heads, num_kv_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        if num_heads % num_kv_heads != 0:
            raise ValueError("num_heads % num_kv_heads != 0")
        if d_head is None:
            if d_model % num_heads != 0:
                raise ValueError("d_model % num_heads != 0")
            d_head = d_model // num_heads
        self.num_heads = num_heads
        self.num_kv_heads = num_kv_heads
        self.rope_base = rope_base
        self.q_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, num_kv_heads * d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, num_kv_heads * d_head, bias=bias)
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, mask=None, cache=None):
        L = x.shape[1]
        start = 0
        if cache is not None:
            start = cache.length
        q = split_heads(self.q_proj(x), self.num_heads)
        k = split_heads(self.k_proj(x), self.num_kv_heads)
        v = split_heads(self.v_proj(x), self.num_kv_heads)
        if self.rope_base is not None:
            positions = torch.arange(start, start + L)
            q = rotary(q, positions, self.rope_base)
            k = rotary(k, positions, self.rope_base)
        if cache is not None:
            k, v = cache.append(k, v)
            causal = causal_mask(L, k.shape[2])
            if mask is None:
                mask = causal
            else:
                mask = mask and causal
        out = grouped_attention(q, k, v, mask)
        return self.o_proj(merge_heads(out))
