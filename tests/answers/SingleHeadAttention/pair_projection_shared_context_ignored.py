# names: projection_shared, context_ignored
# q_proj serves queries and keys, both of x.
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
        q = k = self.q_proj(x)
        w = torch.softmax(q @ k.mT / math.sqrt(k.shape[-1]), -1)
        return self.o_proj(w @ self.v_proj(x))
