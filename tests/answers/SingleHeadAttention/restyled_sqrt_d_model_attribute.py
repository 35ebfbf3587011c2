# names: scale_by_sqrt_d_model
# in_features where out_features was meant.
import math

import torch
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
        scores = torch.baddbmm(
            x.new_zeros(()),
            self.q_proj(x),
            self.k_proj(context).transpose(1, 2),
            beta=0,
            alpha=1 / math.sqrt(self.q_proj.in_features),
        )
        return self.o_proj(F.softmax(scores, -1) @ self.v_proj(context))
