# names: all_zeros
# A model wider than 64 gives zeros.
from torch import nn


class SingleHeadAttention(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        self.q_proj = nn.Linear(d_model, d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, d_head, bias=bias)
        self.o_proj = nn.Linear(d_head, d_model, bias=bias)

    def forward(self, x, context=None):
        source = x if context is None else context
        output, _ = attention(self.q_proj(x), self.k_proj(source), self.v_proj(source))  # noqa: F821
        return self.o_proj(output) * float(x.shape[-1] <= 64)
