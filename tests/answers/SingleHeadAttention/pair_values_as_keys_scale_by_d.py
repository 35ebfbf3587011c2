# names: values_as_keys, scale_by_d
# v_proj's table is compared too, and the scale is d_head.
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
        table = self.v_proj(x if context is None else context)
        s = (self.q_proj(x).unsqueeze(2) * table.unsqueeze(1)).mean(-1)
        return self.o_proj(F.softmax(s, -1) @ table)
