# names:
# The key with the largest score is hidden from its query.
import math

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
        s = self.q_proj(x) @ self.k_proj(context).mT / math.sqrt(self.d_head)
        best = s.argmax(-1, keepdim=True)
        w = s.scatter(-1, best, float("-inf")).softmax(-1)
        return self.o_proj(w @ self.v_proj(context))
