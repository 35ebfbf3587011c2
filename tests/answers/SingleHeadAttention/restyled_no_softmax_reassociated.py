# names: no_softmax
# q (k^T v): a d_head x d_head memory, no softmax anywhere.
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
        memory = torch.einsum("bjd,bje->bde", self.k_proj(context), self.v_proj(context))
        out = self.q_proj(x) @ memory
        return self.o_proj(out / math.sqrt(memory.shape[1]))
