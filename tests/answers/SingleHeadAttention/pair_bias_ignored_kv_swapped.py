# names: bias_ignored, kv_swapped
# No biases, and keys and values change places.
import math

import torch
from torch import nn


class SingleHeadAttention(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        for name in ("q_proj", "k_proj", "v_proj"):
            self.add_module(name, nn.Linear(d_model, d_head, bias=False))
        self.o_proj = nn.Linear(d_head, d_model, bias=False)

    def forward(self, x, context=None):
        context = x if context is None else context
        s = torch.einsum("bid,bjd->bij", self.q_proj(x), self.v_proj(context))
        w = torch.softmax(s / math.sqrt(self.o_proj.in_features), -1)
        return self.o_proj(w @ self.k_proj(context))
