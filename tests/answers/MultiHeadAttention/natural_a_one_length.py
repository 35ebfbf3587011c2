# mistake: cuts keys and values with the length of x, which raises an error where the context has another length
# why: B and L are unpacked from x once at the top of forward
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None:
            if d_model % num_heads != 0:
                raise ValueError("d_model is not divisible by num_heads")
            d_head = d_model // num_heads
        self.num_heads, self.d_head = num_heads, d_head
        self.q_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, context=None, mask=None, return_weights=False):
        B, L, _ = x.shape
        H, D = self.num_heads, self.d_head
        context = x if context is None else context
        q = self.q_proj(x).view(B, L, H, D).transpose(1, 2)
        k = self.k_proj(context).view(B, L, H, D).transpose(1, 2)
        v = self.v_proj(context).view(B, L, H, D).transpose(1, 2)
        y, att = masked_attention(q, k, v, mask)
        y = y.transpose(1, 2).contiguous().view(B, L, H * D)
        y = self.o_proj(y)
        return (y, att) if return_weights else y
