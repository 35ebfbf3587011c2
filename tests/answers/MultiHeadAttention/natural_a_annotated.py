# mistake: always puts a new axis into the mask, which already has its axis of heads or needs none
# why: copied from The Annotated Transformer, where masks come as (B, 1, L_k)
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None:
            if d_model % num_heads != 0:
                raise ValueError("We assume d_v always equals d_k")
            d_head = d_model // num_heads
        self.h = num_heads
        self.q_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, context=None, mask=None, return_weights=False):
        if mask is not None:
            # Same mask applied to all h heads.
            mask = mask.unsqueeze(1)
        memory = x if context is None else context
        query = split_heads(self.q_proj(x), self.h)
        key = split_heads(self.k_proj(memory), self.h)
        value = split_heads(self.v_proj(memory), self.h)
        x, p_attn = masked_attention(query, key, value, mask)
        x = self.o_proj(merge_heads(x))
        if return_weights:
            return x, p_attn
        return x
