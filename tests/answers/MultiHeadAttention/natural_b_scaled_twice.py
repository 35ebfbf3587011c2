# mistake: the queries are divided by the square root of d_head, and masked_attention does it again
# why: in the code that was looked up, q is scaled right after the projection
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None:
            if d_model % num_heads != 0:
                raise ValueError("num_heads must divide d_model")
            d_head = d_model // num_heads
        self.num_heads = num_heads
        self.d_head = d_head
        self.q_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, context=None, mask=None, return_weights=False):
        context = x if context is None else context
        scaling = self.d_head**-0.5
        q = split_heads(self.q_proj(x) * scaling, self.num_heads)
        k = split_heads(self.k_proj(context), self.num_heads)
        v = split_heads(self.v_proj(context), self.num_heads)
        attended, weights = masked_attention(q, k, v, mask)
        y = self.o_proj(merge_heads(attended))
        return (y, weights) if return_weights else y
