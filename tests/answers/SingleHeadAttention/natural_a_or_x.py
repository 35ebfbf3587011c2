# mistake: "context or x" asks a tensor for its truth value and raises an error whenever a context is given
# why: "value or default" is a common Python habit for None
from torch import nn


class SingleHeadAttention(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        for name in ("q_proj", "k_proj", "v_proj"):
            setattr(self, name, nn.Linear(d_model, d_head, bias=bias))
        self.o_proj = nn.Linear(d_head, d_model, bias=bias)

    def forward(self, x, context=None):
        context = context or x
        out, weights = attention(self.q_proj(x), self.k_proj(context), self.v_proj(context))
        return self.o_proj(out)
