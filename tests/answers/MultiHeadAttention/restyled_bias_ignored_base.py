# names: bias_ignored
# The subclass hands False to its base class.
import torch
from torch import nn


class _Attention(nn.Module):
    """Builds the projections; a subclass says how scores become weights."""

    def __init__(self, d_model, num_heads, d_head, bias):
        super().__init__()
        if d_head is None:
            if d_model % num_heads:
                raise ValueError("d_head=None needs num_heads to divide d_model")
            d_head = d_model // num_heads
        self.shape = (num_heads, d_head)
        for letter in "qkv":
            self.add_module(letter + "_proj", nn.Linear(d_model, num_heads * d_head, bias=bias))
        self.add_module("o_proj", nn.Linear(num_heads * d_head, d_model, bias=bias))
        scale = torch.full((num_heads, 1, 1), d_head**-0.5, dtype=torch.float64)
        self.register_buffer("scale", scale, persistent=False)

    def split(self, y):
        return y.reshape(*y.shape[:2], *self.shape).permute(0, 2, 1, 3)

    def merge(self, y):
        return y.permute(0, 2, 1, 3).reshape(y.shape[0], y.shape[2], -1)

    def to_weights(self, scores, mask):
        raise NotImplementedError

    def forward(self, x, context=None, mask=None, return_weights=False):
        source = x if context is None else context
        queries = self.split(self.q_proj(x)) * self.scale.to(x.dtype)
        keys, values = self.split(self.k_proj(source)), self.split(self.v_proj(source))
        weights = self.to_weights(queries.matmul(keys.transpose(2, 3)), mask)
        result = self.o_proj(self.merge(weights.matmul(values)))
        return (result, weights) if return_weights else result


class MultiHeadAttention(_Attention):
    def __init__(self, d_model, num_heads, d_head=None, bias=True, temperature=1.0):
        super().__init__(d_model, num_heads, d_head, False)
        self.temperature = temperature

    def to_weights(self, scores, mask):
        scores = scores / self.temperature
        if mask is None:
            return scores.softmax(-1)
        extra = torch.zeros_like(scores[..., :1]).masked_fill(
            mask.any(-1, keepdim=True), -torch.inf
        )
        scores = scores.masked_fill(mask.logical_not(), -torch.inf)
        return torch.cat([scores, extra], dim=-1).softmax(-1)[..., :-1]
