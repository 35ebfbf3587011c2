# names:
# Right: keys and values from one product with the stacked weights, bmm, own softmax.
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

    def _keys_values(self, source):
        weight = torch.cat([self.k_proj.weight, self.v_proj.weight])
        bias = None
        if self.k_proj.bias is not None:
            bias = torch.cat([self.k_proj.bias, self.v_proj.bias])
        return F.linear(source, weight, bias).unflatten(-1, (2, self.d_head)).unbind(-2)

    def forward(self, x, context=None):
        k, v = self._keys_values(x if context is None else context)
        scores = torch.bmm(self.q_proj(x), k.mT).div(self.d_head**0.5)
        e = torch.exp(scores - scores.amax(-1, keepdim=True))
        return self.o_proj(torch.bmm(e / e.sum(-1, keepdim=True), v))
