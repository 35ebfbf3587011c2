# mistake: moves cache.length on although append has done so, so the next chunk leaves a gap in the cache
# why: not sure whose task it is to count
import torch
from torch import nn


class CachedAttention(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        if d_head is None:
            if d_model % num_heads != 0:
                raise ValueError("num_heads does not divide d_model")
            d_head = d_model // num_heads
        self.num_heads, self.d_head, self.rope_base = num_heads, d_head, rope_base
        self.q_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, cache=None):
        new = x.shape[1]
        start = cache.length if cache is not None else 0
        q = split_heads(self.q_proj(x), self.num_heads)
        k = split_heads(self.k_proj(x), self.num_heads)
        v = split_heads(self.v_proj(x), self.num_heads)
        if self.rope_base is not None:
            positions = torch.arange(start, start + new)
            q = rotary(q, positions, self.rope_base)
            k = rotary(k, positions, self.rope_base)
        if cache is not None:
            k, v = cache.append(k, v)
            cache.length += new
        out, _ = masked_attention(q, k, v, causal_mask(new, k.shape[2]))
        return self.o_proj(merge_heads(out))
