# mistake: adds x to the result, which the task does not ask for
# why: pictures of a transformer show attention together with its residual connection
from torch import nn


class SingleHeadAttention(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        self.q_proj = nn.Linear(d_model, d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, d_head, bias=bias)
        self.o_proj = nn.Linear(d_head, d_model, bias=bias)

    def forward(self, x, context=None):
        kv = x if context is None else context
        head, _ = attention(self.q_proj(x), self.k_proj(kv), self.v_proj(kv))
        x = x + self.o_proj(head)
        return x
