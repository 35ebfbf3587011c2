# mistake: uses a causal mask when no mask is given, where everything should be allowed
# why: comes from GPT code, in which attention is always causal
import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None:
            if d_model % num_heads != 0:
                raise ValueError("n_embd % n_head != 0")
            d_head = d_model // num_heads
        self.n_head = num_heads
        self.q_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, context=None, mask=None, return_weights=False):
        kv = x if context is None else context
        T, S = x.size(1), kv.size(1)
        if mask is None:
            mask = torch.tril(torch.ones(T, S, dtype=torch.bool, device=x.device), S - T)
        q = split_heads(self.q_proj(x), self.n_head)
        k = split_heads(self.k_proj(kv), self.n_head)
        v = split_heads(self.v_proj(kv), self.n_head)
        y, att = masked_attention(q, k, v, mask)
        y = self.o_proj(merge_heads(y))
        return (y, att) if return_weights else y
