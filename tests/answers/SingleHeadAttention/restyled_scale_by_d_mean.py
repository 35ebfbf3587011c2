# names: scale_by_d
# The mean over features instead of the scaled sum.
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
        s = (self.q_proj(x).unsqueeze(2) * self.k_proj(context).unsqueeze(1)).mean(-1)
        return self.o_proj(torch.bmm(torch.softmax(s, 2), self.v_proj(context)))
