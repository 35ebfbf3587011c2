# names: softmax_over_queries
# Works on K Q^T and normalises its last axis, which is the queries'.
import torch
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
        st = torch.bmm(self.k_proj(context), self.q_proj(x).mT) / self.d_head**0.5
        w = torch.softmax(st, dim=-1)
        return self.o_proj(torch.einsum("bji,bjd->bid", w, self.v_proj(context)))
