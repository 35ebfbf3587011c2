# names: context_ignored, no_scale
# Self-attention whatever the context, unscaled.
import torch
import torch.nn.functional as F
from torch import nn


class SingleHeadAttention(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        for name in ("q_proj", "k_proj", "v_proj"):
            self.add_module(name, nn.Linear(d_model, d_head, bias))
        self.o_proj = nn.Linear(d_head, d_model, bias)

    def forward(self, x, context=None):
        q, k, v = self.q_proj(x), self.k_proj(x), self.v_proj(x)
        rows = [F.softmax((k * r.unsqueeze(1)).sum(-1), -1) for r in q.unbind(1)]
        return self.o_proj(torch.stack(rows, 1) @ v)
