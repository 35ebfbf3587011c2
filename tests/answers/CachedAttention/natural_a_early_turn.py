# mistake: turns the wide vectors before they are cut into heads, so pairs and speeds are those of the whole width
# why: rotary takes (..., L, d), which fits the projections before the cut as well
import torch
from torch import nn


class CachedAttention(nn.Module):
    """Causal multi-head self-attention with a KV cache."""

    def __init__(self, d_model, num_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        if d_head is None:
            if d_model % num_heads != 0:
                raise ValueError(f"{num_heads} heads do not divide {d_model}")
            d_head = d_model // num_heads
        width = num_heads * d_head
        self.num_heads = num_heads
        self.rope_base = rope_base
        self.q_proj = nn.Linear(d_model, width, bias=bias)
        self.k_proj = nn.Linear(d_model, width, bias=bias)
        self.v_proj = nn.Linear(d_model, width, bias=bias)
        self.o_proj = nn.Linear(width, d_model, bias=bias)

    def forward(self, x, cache=None):
        # 1. positions
        start = 0
        if cache is not None:
            start = cache.length
        positions = torch.arange(start, start + x.shape[1])
        # 2. projections
        q = self.q_proj(x)
        k = self.k_proj(x)
        v = self.v_proj(x)
        # 3. turn
        if self.rope_base is not None:
            q = rotary(q, positions, base=self.rope_base)
            k = rotary(k, positions, base=self.rope_base)
        # 4. heads
        q = split_heads(q, self.num_heads)
        k = split_heads(k, self.num_heads)
        v = split_heads(v, self.num_heads)
        # 5. cache
        if cache is not None:
            k, v = cache.append(k, v)
        # 6. attend
        out, _ = masked_attention(q, k, v, causal_mask(q.shape[2], k.shape[2]))
        return self.o_proj(merge_heads(out))
