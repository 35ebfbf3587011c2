# names: kv_swapped
# Keys and values come out of a stacked product in the other order.
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
        source = x if context is None else context
        both = torch.cat([self.v_proj(source), self.k_proj(source)], dim=-1)
        k, v = both.chunk(2, dim=-1)
        s = torch.einsum("bid,bjd->bij", self.q_proj(x), k) * self.d_head**-0.5
        return self.o_proj(torch.einsum("bij,bjd->bid", s.softmax(-1), v))
