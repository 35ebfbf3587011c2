# mistake: returns the weights averaged over the heads
# why: nn.MultiheadAttention does so, and one picture is easier to look at
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None and d_model % num_heads:
            raise ValueError("embed_dim must be divisible by num_heads")
        self.num_heads = num_heads
        self.head_dim = d_model // num_heads if d_head is None else d_head
        embed = self.head_dim * num_heads
        self.q_proj = nn.Linear(d_model, embed, bias=bias)
        self.k_proj = nn.Linear(d_model, embed, bias=bias)
        self.v_proj = nn.Linear(d_model, embed, bias=bias)
        self.o_proj = nn.Linear(embed, d_model, bias=bias)

    def forward(self, x, context=None, mask=None, return_weights=False):
        key = value = x if context is None else context
        q, k, v = (
            split_heads(p(t), self.num_heads)
            for p, t in ((self.q_proj, x), (self.k_proj, key), (self.v_proj, value))
        )
        attn_output, attn_weights = masked_attention(q, k, v, mask)
        attn_output = self.o_proj(merge_heads(attn_output))
        return (attn_output, attn_weights.mean(dim=1)) if return_weights else attn_output
