# names: returns_input
# The head is computed, but the positions of x are what is stacked.
import torch
from torch import nn


class SingleHeadAttention(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        for name in ("q_proj", "k_proj", "v_proj"):
            self.add_module(name, nn.Linear(d_model, d_head, bias))
        self.o_proj = nn.Linear(d_head, d_model, bias)

    def forward(self, x, context=None):
        context = x if context is None else context
        outs = []
        for position in x.unbind(1):
            w = (self.k_proj(context) * self.q_proj(position).unsqueeze(1)).sum(-1).softmax(-1)
            self.o_proj((w.unsqueeze(-1) * self.v_proj(context)).sum(1))
            outs.append(position)
        return torch.stack(outs, 1)
