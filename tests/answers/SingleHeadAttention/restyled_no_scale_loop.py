# names: no_scale
# A loop over batch entries that never divides.
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
        outs = []
        for a, b in zip(x, x if context is None else context, strict=True):
            w = F.linear(self.q_proj(a), self.k_proj(b)).log_softmax(-1).exp()
            outs.append(self.o_proj(w.mm(self.v_proj(b))))
        return torch.stack(outs)
