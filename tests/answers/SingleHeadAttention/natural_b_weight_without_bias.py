# mistake: multiplies with the weights by hand, so that the biases exist but are never added
# why: a JAX user thinks of a layer as a matrix, and of x @ W.T as all that it does
from torch import nn


class SingleHeadAttention(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        self.q_proj = nn.Linear(d_model, d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, d_head, bias=bias)
        self.o_proj = nn.Linear(d_head, d_model, bias=bias)

    def forward(self, x, context=None):
        c = x if context is None else context
        q = x @ self.q_proj.weight.T
        k = c @ self.k_proj.weight.T
        v = c @ self.v_proj.weight.T
        y, _ = attention(q, k, v)
        return y @ self.o_proj.weight.T
