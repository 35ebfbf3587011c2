# names:
# 1e-2 is added to the denominator of the softmax.
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
        q = self.q_proj(x)
        s = q @ self.k_proj(context).mT / math.sqrt(q.shape[-1])
        e = (s - s.amax(-1, keepdim=True)).exp()
        return self.o_proj(e / (e.sum(-1, keepdim=True) + 1e-2) @ self.v_proj(context))
