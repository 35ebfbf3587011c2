# names: scale_by_sqrt_length
# The scale comes from the last axis of the score matrix.
import math

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
        scores = torch.einsum("bid,bjd->bij", self.q_proj(x), self.k_proj(context))
        scores = scores / math.sqrt(scores.size(-1))
        e = (scores - scores.max(-1, keepdim=True).values).exp()
        return self.o_proj((e @ self.v_proj(context)) / e.sum(-1, keepdim=True))
