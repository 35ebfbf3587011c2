# names: values_as_keys
# One projected table, v_proj's, serves for the comparison and for the mixture.
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
        table = self.v_proj(x if context is None else context)
        outs = []
        for r in self.q_proj(x).unbind(1):
            w = ((table * r.unsqueeze(1)).sum(-1) / math.sqrt(r.shape[-1])).softmax(-1)
            outs.append((w.unsqueeze(-1) * table).sum(1))
        return self.o_proj(torch.stack(outs, 1))
