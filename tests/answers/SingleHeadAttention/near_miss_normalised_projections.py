# names:
# Queries and keys are normalised to unit length first.
import torch
import torch.nn.functional as F
from torch import nn


class SingleHeadAttention(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        for name in ("q_proj", "k_proj", "v_proj"):
            self.add_module(name, nn.Linear(d_model, d_head, bias))
        self.o_proj = nn.Linear(d_head, d_model, bias)

    def forward(self, x, context=None):
        context = x if context is None else context
        q, k = F.normalize(self.q_proj(x), dim=-1), F.normalize(self.k_proj(context), dim=-1)
        return self.o_proj(torch.softmax(q @ k.mT, -1) @ self.v_proj(context))
