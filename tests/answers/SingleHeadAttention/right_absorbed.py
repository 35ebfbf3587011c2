# names:
# Right: the output projection is applied to the values before they are mixed.
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
        w = (self.k_proj(source) @ self.q_proj(x).mT / self.d_head**0.5).softmax(dim=1)
        values = self.v_proj(source) @ self.o_proj.weight.mT
        out = w.mT @ values
        return out if self.o_proj.bias is None else out + self.o_proj.bias
