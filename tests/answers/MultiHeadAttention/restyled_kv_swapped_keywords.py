# names: kv_swapped
# Keyword arguments with each other's tensor.
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None:
            if d_model % num_heads:
                raise ValueError("d_model is not a multiple of num_heads: say which d_head")
            d_head = d_model // num_heads
        self.num_heads = num_heads
        self.q_proj = nn.Linear(d_model, num_heads * d_head, bias)
        self.k_proj = nn.Linear(d_model, num_heads * d_head, bias)
        self.v_proj = nn.Linear(d_model, num_heads * d_head, bias)
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias)

    def forward(self, x, context=None, mask=None, return_weights=False):
        source = x if context is None else context
        q = split_heads(self.q_proj(x), self.num_heads)  # noqa: F821
        k = split_heads(self.k_proj(source), self.num_heads)  # noqa: F821
        v = split_heads(self.v_proj(source), self.num_heads)  # noqa: F821
        out, weights = masked_attention(q, k=v, v=k, mask=mask)  # noqa: F821
        out = self.o_proj(merge_heads(out))  # noqa: F821
        if return_weights:
            return out, weights
        return out
