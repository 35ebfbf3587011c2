# mistake: o_proj always has a bias, whatever `bias` says
# why: wrote the three alike projections by copy and paste, and the fourth from memory
from torch import nn


class SingleHeadAttention(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        self.q_proj = nn.Linear(d_model, d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, d_head, bias=bias)
        self.o_proj = nn.Linear(d_head, d_model)

    def forward(self, x, context=None):
        if context is None:
            context = x
        out, _ = attention(self.q_proj(x), self.k_proj(context), self.v_proj(context))
        return self.o_proj(out)
