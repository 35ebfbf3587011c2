# names: softmax_over_queries
# Own exponentials divided by their sum over dim=1.
import math

from torch import nn


class SingleHeadAttention(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        for name in ("q_proj", "k_proj", "v_proj"):
            self.add_module(name, nn.Linear(d_model, d_head, bias))
        self.o_proj = nn.Linear(d_head, d_model, bias)

    def forward(self, x, context=None):
        context = x if context is None else context
        q = self.q_proj(x) / math.sqrt(self.o_proj.in_features)
        e = (q.unsqueeze(2) * self.k_proj(context).unsqueeze(1)).sum(3)
        e = (e - e.amax(1, keepdim=True)).exp()
        return self.o_proj(e / e.sum(1, keepdim=True) @ self.v_proj(context))
