# mistake: repeats keys and values for all query heads before they are stored, so the cache of H_kv heads refuses them
# why: wants to go on as in CachedAttention from there, and does the new thing first
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
        L = x.shape[1]
        q = split_heads(self.q_proj(x), self.num_heads)
        k = split_heads(self.k_proj(x), self.num_kv_heads)
        v = split_heads(self.v_proj(x), self.num_kv_heads)
        start = cache.length if cache is not None else 0
        if self.rope_base is not None:
            positions = torch.arange(start, start + L, device=x.device)
            q = rotary(q, positions, self.rope_base)
            k = rotary(k, positions, self.rope_base)
        k, v = expand_kv(k, self.num_heads), expand_kv(v, self.num_heads)
        if cache is not None:
            k, v = cache.append(k, v)
            causal = causal_mask(L, k.shape[2]).to(x.device)
            mask = causal if mask is None else mask & causal
        out, _ = masked_attention(q, k, v, mask)
        return self.o_proj(merge_heads(out))
