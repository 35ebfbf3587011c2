# names:
# Each head reads what x is after the heads before it were added.
import math

import torch
from torch import nn


def _attend(q, k, v, keep):
    scores = torch.einsum("bid,bjd->bij", q, k) / math.sqrt(q.shape[-1])
    if keep is None:
        return torch.softmax(scores, dim=-1) @ v
    weights = torch.softmax(scores.masked_fill(~keep, -math.inf), dim=-1)
    return weights.masked_fill(~keep, 0.0) @ v


class MultiHeadLoop(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None:
            if d_model % num_heads:
                raise ValueError("d_head is not given and num_heads does not divide d_model")
            d_head = d_model // num_heads
        names = ("q_proj", "k_proj", "v_proj")
        self.heads = nn.ModuleList()
        for _ in range(num_heads):
            layers = {name: nn.Linear(d_model, d_head, bias) for name in names}
            self.heads.append(nn.ModuleDict(layers))
        self.o_proj = nn.Linear(d_head * num_heads, d_model, bias)

    def forward(self, x, context=None, mask=None):
        context = x if context is None else context
        results = []
        for i, head in enumerate(self.heads):
            keep = None
            if mask is not None:
                size = (x.size(0), len(self.heads), x.size(1), context.size(1))
                keep = torch.broadcast_to(mask, size)[:, i]
            q, k, v = head["q_proj"](x), head["k_proj"](context), head["v_proj"](context)
            results.append(_attend(q, k, v, keep))
            width = results[-1].size(-1)
            block = self.o_proj.weight[:, i * width : (i + 1) * width]
            x = x + results[-1] @ block.mT
        return self.o_proj(torch.cat(results, -1))
