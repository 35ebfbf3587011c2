# names: bias_always
# nn.Linear's own default.
import torch
from torch import nn


class GroupedQueryAttention(nn.Module):
    """The cache holds keys as they were projected; all are turned when they are read."""

    def __init__(self, d_model, num_heads, num_kv_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        if d_head is None:
            if d_model // num_heads * num_heads != d_model:
                raise ValueError(f"{num_heads} heads on a width of {d_model}: d_head is missing")
            d_head = d_model // num_heads
        if num_heads // num_kv_heads * num_kv_heads != num_heads:
            raise ValueError(f"{num_kv_heads} KV heads for {num_heads} query heads")
        self.d_head = d_head
        self.rope_base = rope_base
        heads = {"q_proj": num_heads, "k_proj": num_kv_heads, "v_proj": num_kv_heads}
        for name, count in heads.items():
            self.add_module(name, nn.Linear(d_model, count * d_head))
        self.add_module("o_proj", nn.Linear(num_heads * d_head, d_model))

    def turned(self, y, first):
        if self.rope_base is None:
            return y
        where = torch.arange(first, first + y.shape[2], device=y.device)
        return rotary(y, where, base=self.rope_base)  # noqa: F821

    def forward(self, x, mask=None, cache=None):
        length = x.size(1)
        q, k, v = (
            layer(x).view(len(x), length, -1, self.d_head).transpose(1, 2)
            for layer in (self.q_proj, self.k_proj, self.v_proj)
        )
        allowed = mask
        if cache is not None:
            k, v = cache.append(k, v)
            past = k.size(2) - length
            allowed = torch.ones(length, k.size(2), device=x.device).tril(past).bool()
            if mask is not None:
                allowed = torch.logical_and(allowed, mask)
        q, k = self.turned(q, k.size(2) - length), self.turned(k, 0)
        out = grouped_attention(q, k, v, allowed)  # noqa: F821
        out = out.transpose(1, 2).reshape(len(x), length, -1)
        return self.o_proj(out)
