# names: bias_ignored, bias_always
# The flag is negated: biases exactly when none were asked for.
import math

import torch
from torch import nn


class SingleHeadAttention(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        no_bias = not bias
        self.q_proj = nn.Linear(d_model, d_head, no_bias)
        self.k_proj = nn.Linear(d_model, d_head, no_bias)
        self.v_proj = nn.Linear(d_model, d_head, no_bias)
        self.o_proj = nn.Linear(d_head, d_model, no_bias)

    def forward(self, x, context=None):
        context = x if context is None else context
        q = self.q_proj(x)
        w = torch.softmax(q @ self.k_proj(context).mT / math.sqrt(q.shape[-1]), -1)
        return self.o_proj(w @ self.v_proj(context))
