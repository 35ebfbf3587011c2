# mistake: adds the input x to the result
# why: copied from a transformer block, where a residual connection surrounds the attention
from torch import nn


class SingleHeadAttention(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        self.q_proj = nn.Linear(d_model, d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, d_head, bias=bias)
        self.o_proj = nn.Linear(d_head, d_model, bias=bias)

    def forward(self, x, context=None):
        memory = x if context is None else context
        attended, _ = attention(self.q_proj(x), self.k_proj(memory), self.v_proj(memory))
        return x + self.o_proj(attended)
