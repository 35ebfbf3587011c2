# names: bias_ignored
# All layers are built in a loop that says bias=False.
import math

import torch
from torch import nn


class SingleHeadAttention(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        shapes = {"q": (d_model, d_head), "k": (d_model, d_head), "v": (d_model, d_head)}
        for letter, shape in {**shapes, "o": (d_head, d_model)}.items():
            setattr(self, f"{letter}_proj", nn.Linear(*shape, bias=False))

    def forward(self, x, context=None):
        context = x if context is None else context
        s = torch.einsum("bid,bjd->bij", self.q_proj(x), self.k_proj(context))
        w = torch.softmax(s / math.sqrt(self.q_proj.out_features), -1)
        return self.o_proj(w @ self.v_proj(context))
