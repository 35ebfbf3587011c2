# names: projection_shared
# The list of layers names q_proj twice.
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
        pairs = [(self.q_proj, x), (self.q_proj, context), (self.v_proj, context)]
        q, k, v = (layer(source) for layer, source in pairs)
        w = torch.softmax(torch.einsum("bid,bjd->bij", q, k) / self.d_head**0.5, -1)
        return self.o_proj(torch.einsum("bij,bjd->bid", w, v))
