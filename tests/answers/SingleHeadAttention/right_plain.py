# names:
# Right: the textbook module.
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
        if context is None:
            context = x
        q, k, v = self.q_proj(x), self.k_proj(context), self.v_proj(context)
        weights = torch.softmax(q @ k.transpose(1, 2) / math.sqrt(self.d_head), dim=-1)
        return self.o_proj(weights @ v)
