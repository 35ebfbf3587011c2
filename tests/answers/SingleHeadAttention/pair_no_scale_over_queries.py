# names: no_scale, softmax_over_queries
# Unscaled, normalised over queries.
from torch import nn


class SingleHeadAttention(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        for name in ("q_proj", "k_proj", "v_proj"):
            self.add_module(name, nn.Linear(d_model, d_head, bias))
        self.o_proj = nn.Linear(d_head, d_model, bias)

    def forward(self, x, context=None):
        context = x if context is None else context
        w = (self.k_proj(context) @ self.q_proj(x).mT).softmax(-1)
        return self.o_proj(w.mT @ self.v_proj(context))
