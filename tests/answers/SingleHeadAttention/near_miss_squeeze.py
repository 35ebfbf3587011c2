# names: missing_axis
# A single query loses its axis.
from torch import nn


class SingleHeadAttention(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        for name in ("q_proj", "k_proj", "v_proj"):
            setattr(self, name, nn.Linear(d_model, d_head, bias=bias))
        self.o_proj = nn.Linear(d_head, d_model, bias=bias)

    def forward(self, x, context=None):
        source = x if context is None else context
        k, v = self.k_proj(source), self.v_proj(source)
        output, _ = attention(self.q_proj(x), k, v)  # noqa: F821
        return self.o_proj(output).squeeze(1)
