# names: context_appended
# Attends to x and the context together when a context is given.
import math

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
        context = x if context is None else torch.cat([x, context], dim=1)
        s = self.q_proj(x) @ self.k_proj(context).mT / math.sqrt(self.d_head)
        return self.o_proj(torch.softmax(s, -1) @ self.v_proj(context))
