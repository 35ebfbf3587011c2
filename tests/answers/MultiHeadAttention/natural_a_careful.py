# mistake: divides the queries by the root before masked_attention, which does it again
# why: the scale is remembered as part of multi-head attention and it is not seen that the function has it inside
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
        inner = num_heads * d_head
        self.q_proj = nn.Linear(d_model, inner, bias=bias)
        self.k_proj = nn.Linear(d_model, inner, bias=bias)
        self.v_proj = nn.Linear(d_model, inner, bias=bias)
        self.o_proj = nn.Linear(inner, d_model, bias=bias)

    def forward(self, x, context=None, mask=None, return_weights=False):
        if context is None:
            context = x
        q = split_heads(self.q_proj(x), self.num_heads) / self.d_head**0.5
        k = split_heads(self.k_proj(context), self.num_heads)
        v = split_heads(self.v_proj(context), self.num_heads)
        output, weights = masked_attention(q, k, v, mask)
        output = self.o_proj(merge_heads(output))
        if return_weights:
            return output, weights
        return output
