# names: kv_swapped, no_scale
# v_proj makes the keys, k_proj the values, and nobody divides.
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
        w = torch.einsum("bid,bjd->bij", self.q_proj(x), self.v_proj(context)).softmax(-1)
        return self.o_proj(torch.einsum("bij,bjd->bid", w, self.k_proj(context)))
