# names: values_from_x
# The head projects its values from x.
import torch
from torch import nn


class _Head(nn.Module):
    def __init__(self, d_model, d_head, bias):
        super().__init__()
        self.q_proj = nn.Linear(d_model, d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, d_head, bias=bias)

    def forward(self, x, source, mask=None):
        q, k, v = self.q_proj(x), self.k_proj(source), self.v_proj(x)
        return masked_attention(q, k, v, mask)[0]  # noqa: F821


class MultiHeadLoop(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None:
            d_head, rest = divmod(d_model, num_heads)
            if rest:
                raise ValueError(f"d_model={d_model} is no multiple of {num_heads}")
        self.heads = nn.ModuleList([_Head(d_model, d_head, bias) for _ in range(num_heads)])
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, context=None, mask=None):
        source = x if context is None else context
        masks = [None] * len(self.heads)
        if mask is not None:
            masks = mask.expand(len(x), len(self.heads), x.shape[1], source.shape[1]).unbind(1)
        outs = [head(x, source, own) for head, own in zip(self.heads, masks, strict=True)]
        return self.o_proj(torch.cat(outs, dim=-1))
