# names: scale_by_sqrt_d_model
# The width is read from the input, not from the projected queries.
import math

from torch import nn


class SingleHeadAttention(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        for name in ("q_proj", "k_proj", "v_proj"):
            self.add_module(name, nn.Linear(d_model, d_head, bias))
        self.o_proj = nn.Linear(d_head, d_model, bias)

    def forward(self, x, context=None):
        *_, width = x.shape
        context = x if context is None else context
        st = self.k_proj(context) @ (self.q_proj(x) / math.sqrt(width)).mT
        e = (st - st.amax(1, keepdim=True)).exp()
        return self.o_proj((e / e.sum(1, keepdim=True)).mT @ self.v_proj(context))
