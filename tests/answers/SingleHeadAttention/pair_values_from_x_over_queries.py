# names: values_from_x, softmax_over_queries
# Values from x, normalised over queries.
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
        keys = self.k_proj(x if context is None else context)
        st = keys @ self.q_proj(x).mT / self.d_head**0.5
        return self.o_proj(torch.einsum("bji,bjd->bid", st.softmax(2), self.v_proj(x)))
