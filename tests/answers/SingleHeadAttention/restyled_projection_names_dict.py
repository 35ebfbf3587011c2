# names: projection_names
# The four layers live in a ModuleDict under other names.
import math

import torch
from torch import nn


class SingleHeadAttention(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        self.layers = nn.ModuleDict(
            {n: nn.Linear(d_model, d_head, bias=bias) for n in ("query", "key", "value")}
        )
        self.layers["out"] = nn.Linear(d_head, d_model, bias=bias)

    def forward(self, x, context=None):
        context = x if context is None else context
        q, k = self.layers["query"](x), self.layers["key"](context)
        w = torch.softmax(q @ k.mT / math.sqrt(q.shape[-1]), -1)
        return self.layers["out"](w @ self.layers["value"](context))
