# mistake: without return_weights it returns the pair (output, None) instead of the output
# why: nn.MultiheadAttention does that with need_weights=False, and one return statement is enough
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
        source = x if context is None else context
        q, k, v = self.q_proj(x), self.k_proj(source), self.v_proj(source)
        q, k, v = (split_heads(t, self.num_heads) for t in (q, k, v))
        heads, weights = masked_attention(q, k, v, mask)
        output = self.o_proj(merge_heads(heads))
        return output, weights if return_weights else None
