# mistake: applies dropout to the weights, so the output is random in training mode
# why: copied with the dropout that published implementations have
import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None:
            if d_model % num_heads != 0:
                raise ValueError("num_heads does not divide d_model")
            d_head = d_model // num_heads
        self.num_heads = num_heads
        self.q_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)
        self.attn_dropout = nn.Dropout(0.1)

    def forward(self, x, context=None, mask=None, return_weights=False):
        if context is None:
            context = x
        q = split_heads(self.q_proj(x), self.num_heads)
        k = split_heads(self.k_proj(context), self.num_heads)
        v = split_heads(self.v_proj(context), self.num_heads)
        _, weights = masked_attention(q, k, v, mask)
        heads = torch.matmul(self.attn_dropout(weights), v)
        output = self.o_proj(merge_heads(heads))
        return (output, weights) if return_weights else output
