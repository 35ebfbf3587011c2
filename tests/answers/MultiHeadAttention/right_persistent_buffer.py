# names:
# Right: the scale stands in a persistent buffer, and the layers in a list as well.
import torch
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
        self.register_buffer("scale", torch.tensor(d_head**-0.5, dtype=torch.float64))

    def forward(self, x, context=None, mask=None, return_weights=False):
        source = x if context is None else context
        q = split_heads(self.q_proj(x), self.num_heads)  # noqa: F821
        k = split_heads(self.k_proj(source), self.num_heads)  # noqa: F821
        v = split_heads(self.v_proj(source), self.num_heads)  # noqa: F821
        scores = q @ k.transpose(-2, -1) * self.scale.to(q.dtype)
        if mask is None:
            mask = torch.ones_like(scores, dtype=torch.bool)
        mask = mask.expand(scores.shape)
        some = mask.any(-1, keepdim=True)
        weights = scores.masked_fill(~mask & some, float("-inf")).softmax(-1) * some
        output = self.o_proj(merge_heads(weights @ v))  # noqa: F821
        return (output, weights) if return_weights else output
