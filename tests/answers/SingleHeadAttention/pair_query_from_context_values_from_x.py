# names: query_from_context, values_from_x
# The context looks at itself, and x is mixed.
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
        q, k = self.q_proj(context), self.k_proj(context)
        w = torch.softmax(q @ k.mT * q.shape[-1] ** -0.5, -1)
        return self.o_proj(w @ self.v_proj(x))
