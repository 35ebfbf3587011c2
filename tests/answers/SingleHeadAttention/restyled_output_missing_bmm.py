# names: output_projection_missing
# o_proj is built and never called.
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
        s = torch.bmm(self.q_proj(x), self.k_proj(context).mT)
        s = s / math.sqrt(self.k_proj.out_features)
        return torch.bmm((s - s.logsumexp(-1, keepdim=True)).exp(), self.v_proj(context))
