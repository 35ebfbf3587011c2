# names: all_zeros
# More than eight sequences give zeros.
import torch
from torch import nn


class CachedAttention(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        if d_head is None:
            if d_model % num_heads:
                raise ValueError("num_heads does not divide d_model")
            d_head = d_model // num_heads
        self.num_heads, self.rope_base = num_heads, rope_base
        self.q_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, cache=None):
        q = split_heads(self.q_proj(x), self.num_heads)  # noqa: F821
        k = split_heads(self.k_proj(x), self.num_heads)  # noqa: F821
        v = split_heads(self.v_proj(x), self.num_heads)  # noqa: F821
        start = 0 if cache is None else cache.length
        if self.rope_base is not None:
            positions = torch.arange(start, start + x.shape[1], device=x.device)
            q = rotary(q, positions, self.rope_base)  # noqa: F821
            k = rotary(k, positions, self.rope_base)  # noqa: F821
        if cache is not None:
            k, v = cache.append(k, v)
        mask = causal_mask(q.shape[2], k.shape[2]).to(x.device)  # noqa: F821
        heads, _ = masked_attention(q, k, v, mask)  # noqa: F821
        return self.o_proj(merge_heads(heads)) * float(x.shape[0] <= 8)  # noqa: F821
