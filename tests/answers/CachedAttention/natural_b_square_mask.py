# mistake: makes a square mask of the new tokens, which does not fit the keys of a later chunk: RuntimeError
# why: tried it with the whole text and then with one token at a time, for which no mask is made
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
        q, k, v = (
            split_heads(proj(x), self.num_heads) for proj in (self.q_proj, self.k_proj, self.v_proj)
        )
        if self.rope_base is not None:
            positions = torch.arange(start, start + L, device=x.device)
            q, k = (rotary(t, positions, self.rope_base) for t in (q, k))
        if cache is not None:
            k, v = cache.append(k, v)
        mask = causal_mask(L).to(x.device) if L > 1 else None
        out, _ = masked_attention(q, k, v, mask)
        return self.o_proj(merge_heads(out))
