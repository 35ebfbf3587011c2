# mistake: turns the wide vectors of all heads before they are cut into heads, so pairs and speeds are those of one head of width H * d_head
# why: rotary takes (..., L, d), and the projections come in just that form
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
        L = x.shape[1]
        start = 0 if cache is None else cache.length
        q, k, v = self.q_proj(x), self.k_proj(x), self.v_proj(x)
        if self.rope_base is not None:
            positions = torch.arange(start, start + L, device=x.device)
            q = rotary(q, positions, self.rope_base)
            k = rotary(k, positions, self.rope_base)
        q, k, v = (split_heads(t, self.num_heads) for t in (q, k, v))
        if cache is not None:
            k, v = cache.append(k, v)
        mask = causal_mask(L, k.shape[2]).to(x.device)
        return self.o_proj(merge_heads(masked_attention(q, k, v, mask)[0]))
