# names:
# Joins the projections of keys and values once, and never again after an optimizer's step.
import math

import torch
from torch import nn


class SingleHeadAttention(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        self.q_proj = nn.Linear(d_model, d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, d_head, bias=bias)
        self.o_proj = nn.Linear(d_head, d_model, bias=bias)
        self.joint = None

    def forward(self, x, context=None):
        context = x if context is None else context
        if self.joint is None:
            weight = torch.cat([self.k_proj.weight, self.v_proj.weight])
            bias = self.k_proj.bias
            bias = bias if bias is None else torch.cat([bias, self.v_proj.bias])
            self.joint = weight, bias
        q = self.q_proj(x)
        k, v = nn.functional.linear(context, *self.joint).chunk(2, dim=-1)
        scores = q @ k.mT / math.sqrt(q.shape[-1])
        scores = (scores - scores.amax(-1, keepdim=True)).exp()
        return self.o_proj(scores / scores.sum(-1, keepdim=True) @ v)
