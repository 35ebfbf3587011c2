# names: own_error_raised
# A mask (L_k,) is refused.
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None:
            if d_model % num_heads:
                raise ValueError("num_heads does not divide d_model")
            d_head = d_model // num_heads
        self.num_heads = num_heads
        self.q_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, context=None, mask=None, return_weights=False):
        source = x if context is None else context
        q = split_heads(self.q_proj(x), self.num_heads)  # noqa: F821
        k = split_heads(self.k_proj(source), self.num_heads)  # noqa: F821
        v = split_heads(self.v_proj(source), self.num_heads)  # noqa: F821
        if mask is not None and mask.dim() < 2:
            raise ValueError("a mask has two axes at least")
        heads, weights = masked_attention(q, k, v, mask)  # noqa: F821
        output = self.o_proj(merge_heads(heads))  # noqa: F821
        return (output, weights) if return_weights else output
