# mistake: is causal without a cache too, where only the given mask may hide anything
# why: CachedAttention of unit 06 is copied, which is always causal
import torch
from torch import nn


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, num_heads, num_kv_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        if num_heads % num_kv_heads:
            raise ValueError("heads are no multiple of KV heads")
        if d_head is None:
            if d_model % num_heads:
                raise ValueError("d_model is no multiple of heads")
            d_head = d_model // num_heads
        self.num_heads = num_heads
        self.num_kv_heads = num_kv_heads
        self.rope_base = rope_base
        self.q_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, num_kv_heads * d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, num_kv_heads * d_head, bias=bias)
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, mask=None, cache=None):
        start = cache.length if cache is not None else 0
        q = split_heads(self.q_proj(x), self.num_heads)
        k = split_heads(self.k_proj(x), self.num_kv_heads)
        v = split_heads(self.v_proj(x), self.num_kv_heads)
        if self.rope_base is not None:
            pos = torch.arange(start, start + x.shape[1])
            q, k = rotary(q, pos, self.rope_base), rotary(k, pos, self.rope_base)
        if cache is not None:
            k, v = cache.append(k, v)
        causal = causal_mask(q.shape[2], k.shape[2])
        mask = causal if mask is None else mask & causal
        out = grouped_attention(q, k, v, mask)
        return self.o_proj(merge_heads(out))
