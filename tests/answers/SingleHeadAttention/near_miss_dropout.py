# names: another_answer_each_time
# Dropout on the weights that is never switched off.
import math

import torch
import torch.nn.functional as F
from torch import nn


class SingleHeadAttention(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        for name in ("q_proj", "k_proj", "v_proj"):
            self.add_module(name, nn.Linear(d_model, d_head, bias))
        self.o_proj = nn.Linear(d_head, d_model, bias)

    def forward(self, x, context=None):
        context = x if context is None else context
        q = self.q_proj(x)
        w = torch.softmax(q @ self.k_proj(context).mT / math.sqrt(q.shape[-1]), -1)
        return self.o_proj(F.dropout(w, 0.4) @ self.v_proj(context))
