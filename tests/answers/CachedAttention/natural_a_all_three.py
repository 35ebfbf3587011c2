# mistake: turns the values as well as queries and keys
# why: one line does the same for all three, as with split_heads
import torch
from torch import nn


class CachedAttention(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        if d_head is None:
            d_head, rest = divmod(d_model, num_heads)
            if rest:
                raise ValueError("d_model is not a multiple of num_heads")
        self.num_heads, self.rope_base = num_heads, rope_base
        for name in ("q_proj", "k_proj", "v_proj"):
            setattr(self, name, nn.Linear(d_model, num_heads * d_head, bias=bias))
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, cache=None):
        start = cache.length if cache is not None else 0
        q, k, v = (
            split_heads(p(x), self.num_heads) for p in (self.q_proj, self.k_proj, self.v_proj)
        )
        if self.rope_base is not None:
            pos = torch.arange(start, start + x.shape[1], device=x.device)
            q, k, v = (rotary(t, pos, self.rope_base) for t in (q, k, v))
        if cache is not None:
            k, v = cache.append(k, v)
        mask = causal_mask(q.shape[2], k.shape[2])
        return self.o_proj(merge_heads(masked_attention(q, k, v, mask)[0]))
