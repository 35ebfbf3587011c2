# names: kv_swapped, context_ignored
# k and v change places, and the context is not read.
import math

import torch
from torch import nn
from torch.nn.functional import linear


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None:
            if num_heads * (d_model // num_heads) != d_model:
                raise ValueError("heads of equal width need a multiple of num_heads")
            d_head = d_model // num_heads
        self.num_heads = num_heads
        width = d_head * num_heads
        layers = {n: nn.Linear(d_model, width, bias=bias) for n in ("q_proj", "k_proj", "v_proj")}
        layers["o_proj"] = nn.Linear(width, d_model, bias=bias)
        for name, layer in layers.items():
            self.register_module(name, layer)

    def project(self, x, *layers):
        """All the layers in one product, cut into (len(layers), B, H, L, d_head)."""
        weight = torch.cat([layer.weight for layer in layers])
        bias = None if layers[0].bias is None else torch.cat([layer.bias for layer in layers])
        y = linear(x, weight, bias).view(*x.shape[:2], len(layers), self.num_heads, -1)
        return y.permute(2, 0, 3, 1, 4)

    def forward(self, x, context=None, mask=None, return_weights=False):
        if context is None:
            q, v, k = self.project(x, self.q_proj, self.k_proj, self.v_proj)
        else:
            (q,) = self.project(x, self.q_proj)
            v, k = self.project(x, self.k_proj, self.v_proj)
        scores = (q @ k.mT) / math.sqrt(q.shape[-1])
        if mask is not None:
            hidden = mask.logical_not()
            scores = scores.masked_fill(hidden, -math.inf).masked_fill(hidden.all(-1, True), 0.0)
        weights = torch.softmax(scores, -1)
        if mask is not None:
            weights = weights * mask
        out = (weights @ v).transpose(1, 2)
        out = self.o_proj(out.reshape(*x.shape[:2], -1))
        return (out, weights) if return_weights else out
