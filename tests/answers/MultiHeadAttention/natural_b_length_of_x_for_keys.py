# mistake: cuts keys and values with the length of x, which raises an error when the context has another length
# why: B and L are unpacked once at the top, from x, and used for all three
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
        B, L, _ = x.shape
        context = x if context is None else context

        def cut(t):
            return t.view(B, L, self.num_heads, self.d_head).transpose(1, 2)

        q, k, v = cut(self.q_proj(x)), cut(self.k_proj(context)), cut(self.v_proj(context))
        out, weights = masked_attention(q, k, v, mask)
        out = self.o_proj(out.transpose(1, 2).reshape(B, L, -1))
        return (out, weights) if return_weights else out
