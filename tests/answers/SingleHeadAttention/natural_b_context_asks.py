# mistake: in cross-attention the queries come from the context, and keys and values from x
# why: "the context asks x what it knows": has the picture the wrong way round
from torch import nn


class SingleHeadAttention(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        for name in ("q_proj", "k_proj", "v_proj"):
            setattr(self, name, nn.Linear(d_model, d_head, bias=bias))
        self.o_proj = nn.Linear(d_head, d_model, bias=bias)

    def forward(self, x, context=None):
        asking = x if context is None else context
        q = self.q_proj(asking)
        k = self.k_proj(x)
        v = self.v_proj(x)
        return self.o_proj(attention(q, k, v)[0])
