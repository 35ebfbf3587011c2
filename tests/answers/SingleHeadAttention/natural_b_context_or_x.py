# mistake: `context or x` asks a tensor whether it is true, which raises an error as soon as there is a context
# why: a web developer writes `a or b` for "a, if it is given"
from torch import nn


class SingleHeadAttention(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        self.q_proj = nn.Linear(d_model, d_head, bias)
        self.k_proj = nn.Linear(d_model, d_head, bias)
        self.v_proj = nn.Linear(d_model, d_head, bias)
        self.o_proj = nn.Linear(d_head, d_model, bias)

    def forward(self, x, context=None):
        source = context or x
        output, _ = attention(self.q_proj(x), self.k_proj(source), self.v_proj(source))
        return self.o_proj(output)
