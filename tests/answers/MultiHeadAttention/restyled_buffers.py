# names: not_parameters
# The weights are buffers, applied by hand.
import torch
from torch import nn


class _Linear(nn.Module):
    def __init__(self, into, out, bias):
        super().__init__()
        self.register_buffer("weight", torch.randn(out, into) * into**-0.5)
        self.register_buffer("bias", torch.zeros(out) if bias else None)

    def forward(self, x):
        return nn.functional.linear(x, self.weight, self.bias)


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None:
            if d_model % num_heads:
                raise ValueError("num_heads does not divide d_model")
            d_head = d_model // num_heads
        self.num_heads = num_heads
        self.q_proj = _Linear(d_model, num_heads * d_head, bias)
        self.k_proj = _Linear(d_model, num_heads * d_head, bias)
        self.v_proj = _Linear(d_model, num_heads * d_head, bias)
        self.o_proj = _Linear(num_heads * d_head, d_model, bias)

    def forward(self, x, context=None, mask=None, return_weights=False):
        source = x if context is None else context
        q = split_heads(self.q_proj(x), self.num_heads)  # noqa: F821
        k = split_heads(self.k_proj(source), self.num_heads)  # noqa: F821
        v = split_heads(self.v_proj(source), self.num_heads)  # noqa: F821
        heads, weights = masked_attention(q, k, v, mask)  # noqa: F821
        output = self.o_proj(merge_heads(heads))  # noqa: F821
        return (output, weights) if return_weights else output
