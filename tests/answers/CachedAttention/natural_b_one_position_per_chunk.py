# mistake: all tokens of a chunk get the position of its first token
# why: wrote it for decoding, where a chunk is one token, and made the shapes fit for more
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
        position = 0 if cache is None else cache.length
        q = split_heads(self.q_proj(x), self.num_heads)
        k = split_heads(self.k_proj(x), self.num_heads)
        v = split_heads(self.v_proj(x), self.num_heads)
        if self.rope_base is not None:
            positions = torch.full((L,), position, device=x.device)
            q = rotary(q, positions, self.rope_base)
            k = rotary(k, positions, self.rope_base)
        if cache is not None:
            k, v = cache.append(k, v)
        y, _ = masked_attention(q, k, v, causal_mask(L, k.shape[2]).to(x.device))
        return self.o_proj(merge_heads(y))
