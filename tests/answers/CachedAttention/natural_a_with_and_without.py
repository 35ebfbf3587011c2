# mistake: without a cache nothing is masked, so tokens see the future
# why: the bottom-right mask belongs to the cache in the lesson, and "whole sequence" is read as plain attention
import torch
from torch import nn


class CachedAttention(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        if d_head is None:
            if d_model % num_heads:
                raise ValueError("heads do not fit")
            d_head = d_model // num_heads
        self.num_heads = num_heads
        self.rope_base = rope_base
        self.q_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def _heads(self, x, start):
        q = split_heads(self.q_proj(x), self.num_heads)
        k = split_heads(self.k_proj(x), self.num_heads)
        v = split_heads(self.v_proj(x), self.num_heads)
        if self.rope_base is not None:
            positions = torch.arange(start, start + x.shape[1])
            q = rotary(q, positions, self.rope_base)
            k = rotary(k, positions, self.rope_base)
        return q, k, v

    def forward(self, x, cache=None):
        if cache is None:
            q, k, v = self._heads(x, 0)
            mask = None
        else:
            q, k, v = self._heads(x, cache.length)
            k, v = cache.append(k, v)
            mask = causal_mask(q.shape[2], k.shape[2])
        output, _ = masked_attention(q, k, v, mask)
        return self.o_proj(merge_heads(output))
