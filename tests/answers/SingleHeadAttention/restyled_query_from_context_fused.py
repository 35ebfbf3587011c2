# names: query_from_context
# One fused product of the context gives queries, keys and values.
import torch
from torch import nn


class SingleHeadAttention(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        self.d_head = d_head
        self.q_proj = nn.Linear(d_model, d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, d_head, bias=bias)
        self.o_proj = nn.Linear(d_head, d_model, bias=bias)

    def forward(self, x, context=None):
        source = x if context is None else context
        layers = (self.q_proj, self.k_proj, self.v_proj)
        fused = source @ torch.cat([layer.weight for layer in layers]).mT
        if self.q_proj.bias is not None:
            fused = fused + torch.cat([layer.bias for layer in layers])
        q, k, v = fused.unflatten(-1, (3, self.d_head)).unbind(-2)
        return self.o_proj(torch.softmax(q @ k.mT / self.d_head**0.5, -1) @ v)
