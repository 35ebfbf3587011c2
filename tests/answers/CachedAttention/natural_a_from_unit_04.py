# mistake: the projections have a bias by default, where the task's default is none
# why: the class of unit 04, whose default is bias=True, is copied and extended
import torch
from torch import nn


class CachedAttention(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True, rope_base=None):
        super().__init__()
        if d_head is None:
            if d_model % num_heads != 0:
                raise ValueError("d_model must be divisible by num_heads")
            d_head = d_model // num_heads
        self.num_heads = num_heads
        self.q_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)
        self.rope_base = rope_base

    def forward(self, x, cache=None):
        start = 0 if cache is None else cache.length
        q = split_heads(self.q_proj(x), self.num_heads)
        k = split_heads(self.k_proj(x), self.num_heads)
        v = split_heads(self.v_proj(x), self.num_heads)
        if self.rope_base is not None:
            positions = torch.arange(start, start + x.shape[1])
            q = rotary(q, positions, self.rope_base)
            k = rotary(k, positions, self.rope_base)
        if cache is not None:
            k, v = cache.append(k, v)
        mask = causal_mask(q.shape[2], k.shape[2])
        output, _ = masked_attention(q, k, v, mask)
        return self.o_proj(merge_heads(output))
