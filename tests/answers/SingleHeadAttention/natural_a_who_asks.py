# mistake: in cross-attention the queries come from the context and keys and values from x
# why: "attend from x to context" is read the wrong way round
from torch import nn


class SingleHeadAttention(nn.Module):
    """One attention head with learned projections."""

    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        self.q_proj = nn.Linear(d_model, d_head, bias)
        self.k_proj = nn.Linear(d_model, d_head, bias)
        self.v_proj = nn.Linear(d_model, d_head, bias)
        self.o_proj = nn.Linear(d_head, d_model, bias)

    def forward(self, x, context=None):
        if context is None:
            context = x
        queries = self.q_proj(context)
        keys = self.k_proj(x)
        values = self.v_proj(x)
        output, _ = attention(queries, keys, values)
        return self.o_proj(output)
