# names: changes_inputs
# The caller's mask is negated in place.
import torch
import torch.nn.functional as F
from torch import nn


class _Projections(nn.Module):
    def __init__(self, d_model, d_head, bias):
        super().__init__()
        for letter in "qkv":
            self.add_module(f"{letter}_proj", nn.Linear(d_model, d_head, bias))


class MultiHeadLoop(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None and d_model % num_heads != 0:
            raise ValueError("d_model cannot be shared out evenly among the heads")
        self.num_heads = num_heads
        self.d_head = d_model // num_heads if d_head is None else d_head
        self.heads = nn.ModuleList(
            _Projections(d_model, self.d_head, bias) for _ in range(num_heads)
        )
        self.o_proj = nn.Linear(num_heads * self.d_head, d_model, bias)

    def _project(self, name, x):
        """(B, L, d_model) to (B, H, L, d_head), with the weights of all heads."""
        layers = [getattr(head, name) for head in self.heads]
        weight = torch.cat([layer.weight for layer in layers])
        bias = None
        if layers[0].bias is not None:
            bias = torch.cat([layer.bias for layer in layers])
        return F.linear(x, weight, bias).unflatten(-1, (self.num_heads, -1)).transpose(1, 2)

    def forward(self, x, context=None, mask=None):
        source = x if context is None else context
        q = self._project("q_proj", x) * self.d_head**-0.5
        k = self._project("k_proj", source)
        v = self._project("v_proj", source)
        scores = q @ k.mT
        if mask is not None:
            mask.logical_not_()
            scores = scores.masked_fill(mask, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights.masked_fill(mask, 0)
        mixed = weights @ v
        return self.o_proj(mixed.transpose(1, 2).flatten(2))
