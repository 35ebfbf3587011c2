# names: context_ignored
# The name context is overwritten before it is read.
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
        q, k, v = (layer(x) for layer in (self.q_proj, self.k_proj, self.v_proj))
        w = torch.einsum("bid,bjd->bij", q, k).div(math.sqrt(k.shape[-1])).softmax(-1)
        return self.o_proj(torch.einsum("bij,bjd->bid", w, v))
