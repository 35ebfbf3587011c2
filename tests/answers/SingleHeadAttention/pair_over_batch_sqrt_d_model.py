# names: softmax_over_batch, scale_by_sqrt_d_model
# Normalised over the batch, scaled by the root of d_model.
import math

import torch.nn.functional as F
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
        s = self.q_proj(x) @ self.k_proj(context).mT / math.sqrt(self.o_proj.out_features)
        return self.o_proj(F.softmax(s, 0) @ self.v_proj(context))
