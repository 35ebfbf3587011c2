# names: output_projection_missing, softmax_over_queries
# Normalised over queries, no output projection.
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
        st = self.k_proj(context) @ q.mT / math.sqrt(q.shape[-1])
        return st.softmax(-1).mT @ self.v_proj(context)
