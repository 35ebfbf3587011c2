# names: scale_by_sqrt_length, context_ignored
# Self-attention whatever the context, scaled by the root of the length.
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
        s = self.q_proj(x) @ self.k_proj(x).mT
        w = torch.softmax(s / math.sqrt(s.shape[-1]), -1)
        return self.o_proj(w @ self.v_proj(x))
