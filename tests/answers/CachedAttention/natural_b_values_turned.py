# mistake: turns the values as well as the queries and keys
# why: a comprehension over all three is shorter, and "every vector has a position"
import torch
from torch import nn


class CachedAttention(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        if d_head is None:
            if d_model % num_heads != 0:
                raise ValueError("num_heads must divide d_model")
            d_head = d_model // num_heads
        width = num_heads * d_head
        self.num_heads = num_heads
        self.rope_base = rope_base
        self.q_proj = nn.Linear(d_model, width, bias=bias)
        self.k_proj = nn.Linear(d_model, width, bias=bias)
        self.v_proj = nn.Linear(d_model, width, bias=bias)
        self.o_proj = nn.Linear(width, d_model, bias=bias)

    def forward(self, x, cache=None):
        start = cache.length if cache is not None else 0
        positions = torch.arange(start, start + x.shape[1], device=x.device)
        projections = (self.q_proj, self.k_proj, self.v_proj)
        q, k, v = (split_heads(p(x), self.num_heads) for p in projections)
        if self.rope_base is not None:
            q, k, v = (rotary(t, positions, self.rope_base) for t in (q, k, v))
        if cache is not None:
            k, v = cache.append(k, v)
        mask = causal_mask(q.shape[2], k.shape[2]).to(x.device)
        out, _ = masked_attention(q, k, v, mask)
        return self.o_proj(merge_heads(out))
