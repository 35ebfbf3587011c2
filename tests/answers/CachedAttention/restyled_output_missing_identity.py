# names: output_projection_missing
# o_proj is there, but never called.
import torch
from torch import nn


class CachedAttention(nn.Module):
    """The cache holds keys as they were projected; all are turned when they are read."""

    def __init__(self, d_model, num_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        if d_head is None:
            if d_model // num_heads * num_heads != d_model:
                raise ValueError(f"{num_heads} heads on a width of {d_model}: d_head is missing")
            d_head = d_model // num_heads
        self.shape = (num_heads, d_head)
        self.rope_base = rope_base
        for name in ("q_proj", "k_proj", "v_proj"):
            self.add_module(name, nn.Linear(d_model, num_heads * d_head, bias=bias))
        self.add_module("o_proj", nn.Linear(num_heads * d_head, d_model, bias=bias))

    def turned(self, y, first):
        if self.rope_base is None:
            return y
        where = torch.arange(first, first + y.shape[2], device=y.device)
        return rotary(y, where, base=self.rope_base)  # noqa: F821

    def forward(self, x, cache=None):
        length = x.size(1)
        q, k, v = (
            layer(x).view(len(x), length, *self.shape).transpose(1, 2)
            for layer in (self.q_proj, self.k_proj, self.v_proj)
        )
        if cache is not None:
            k, v = cache.append(k, v)
        total = k.size(2)
        q, k = self.turned(q, total - length), self.turned(k, 0)
        mask = torch.ones(length, total, device=x.device).tril(total - length).bool()
        out, _ = masked_attention(q, k, v, mask)  # noqa: F821
        out = out.transpose(1, 2).reshape(len(x), length, -1)
        return out
