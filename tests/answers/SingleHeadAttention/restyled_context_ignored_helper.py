# names: context_ignored
# The helper takes a context, the call does not pass it on.
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
        return self.o_proj(self._mix(x))

    def _mix(self, x, context=None):
        context = x if context is None else context
        s = self.k_proj(context) @ self.q_proj(x).mT / self.d_head**0.5
        return s.softmax(1).mT @ self.v_proj(context)
