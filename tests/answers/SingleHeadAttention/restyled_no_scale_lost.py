# names: no_scale
# The scaled queries are computed, and the unscaled ones used.
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
        context = x if context is None else context
        q = self.q_proj(x)
        q.div(math.sqrt(self.d_head))
        scores = torch.einsum("bid,bjd->bij", q, self.k_proj(context))
        return self.o_proj(scores.softmax(-1) @ self.v_proj(context))
