# names: projection_shared, no_scale
# q_proj makes the keys too, unscaled.
import torch
from torch import nn


class SingleHeadAttention(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        for name in ("q_proj", "k_proj", "v_proj"):
            self.add_module(name, nn.Linear(d_model, d_head, bias))
        self.o_proj = nn.Linear(d_head, d_model, bias)

    def forward(self, x, context=None):
        context = x if context is None else context
        w = torch.bmm(self.q_proj(x), self.q_proj(context).transpose(1, 2)).softmax(2)
        return self.o_proj(w.bmm(self.v_proj(context)))
