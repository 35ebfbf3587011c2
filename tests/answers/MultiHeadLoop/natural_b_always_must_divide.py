# mistake: raises the ValueError even when d_head is given and nothing has to divide
# why: puts all checks of arguments at the top, before looking at the other arguments
import torch
from torch import nn


class Head(nn.Module):
    def __init__(self, d_model, d_head, bias):
        super().__init__()
        self.q_proj = nn.Linear(d_model, d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, d_head, bias=bias)

    def forward(self, x, context, mask):
        out, _ = masked_attention(self.q_proj(x), self.k_proj(context), self.v_proj(context), mask)
        return out


class MultiHeadLoop(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_model % num_heads:
            raise ValueError(f"{num_heads} heads do not divide d_model = {d_model}")
        d_head = d_model // num_heads if d_head is None else d_head
        self.num_heads = num_heads
        self.heads = nn.ModuleList([Head(d_model, d_head, bias) for _ in range(num_heads)])
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, context=None, mask=None):
        if context is None:
            context = x
        masks = [None] * self.num_heads
        if mask is not None:
            full = (x.shape[0], self.num_heads, x.shape[1], context.shape[1])
            masks = mask.broadcast_to(full).unbind(1)
        outputs = [head(x, context, m) for head, m in zip(self.heads, masks)]
        return self.o_proj(torch.cat(outputs, dim=-1))
