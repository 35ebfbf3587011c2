# mistake: takes mask[:, i] without broadcasting first, so one column of a mask (L_q, L_k) is taken for the whole, and a mask with a head axis of 1 fails
# why: tries it with a full mask (B, H, L_q, L_k) only
import torch
from torch import nn


class Head(nn.Module):
    def __init__(self, d_model, d_head, bias):
        super().__init__()
        self.q_proj = nn.Linear(d_model, d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, d_head, bias=bias)

    def forward(self, x, context, mask):
        return masked_attention(self.q_proj(x), self.k_proj(context), self.v_proj(context), mask)[0]


class MultiHeadLoop(nn.Module):
    """Multi-head attention as a loop over heads."""

    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None:
            if d_model % num_heads:
                raise ValueError(f"{d_model} is no multiple of {num_heads}")
            d_head = d_model // num_heads
        self.heads = nn.ModuleList([Head(d_model, d_head, bias) for _ in range(num_heads)])
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, context=None, mask=None):
        context = x if context is None else context
        outs = []
        for i, head in enumerate(self.heads):
            m = mask[:, i] if mask is not None else None
            outs.append(head(x, context, m))
        return self.o_proj(torch.cat(outs, dim=-1))
