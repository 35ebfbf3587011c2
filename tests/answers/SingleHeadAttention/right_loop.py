# names:
# Right: loops over batch entries and queries.
import math

import torch
import torch.nn.functional as F
from torch import nn


class SingleHeadAttention(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        for name in ("q_proj", "k_proj", "v_proj"):
            self.add_module(name, nn.Linear(d_model, d_head, bias))
        self.o_proj = nn.Linear(d_head, d_model, bias)

    def _one(self, x, source):
        keys, values = self.k_proj(source), self.v_proj(source)
        rows = []
        for query in self.q_proj(x):
            w = F.softmax(keys.mv(query) / math.sqrt(len(query)), dim=0)
            rows.append(self.o_proj(w @ values))
        return torch.stack(rows)

    def forward(self, x, context=None):
        context = x if context is None else context
        return torch.stack([self._one(a, b) for a, b in zip(x, context, strict=True)])
