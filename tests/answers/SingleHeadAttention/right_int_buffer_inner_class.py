# names:
# Inner class that holds q, k, v; a persistent integer buffer with the width (it shows up in
# state_dict).
import torch
from torch import nn


class SingleHeadAttention(nn.Module):
    """One attention head with learned projections."""

    class Triple:
        __slots__ = ("q", "k", "v")

        def __init__(self, q, k, v):
            self.q, self.k, self.v = q, k, v

        def attend(self, width):
            scores = self.q @ self.k.mT / width**0.5
            return scores.softmax(dim=-1) @ self.v

    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        self.q_proj, self.k_proj, self.v_proj = (
            nn.Linear(d_model, d_head, bias=bias) for _ in range(3)
        )
        self.o_proj = nn.Linear(d_head, d_model, bias=bias)
        self.register_buffer("width", torch.tensor(d_head))

    def forward(self, x, context=None):
        """Attend from ``x`` to ``context``, or to ``x`` itself."""
        context = x if context is None else context
        triple = self.Triple(self.q_proj(x), self.k_proj(context), self.v_proj(context))
        return self.o_proj(triple.attend(int(self.width)))
