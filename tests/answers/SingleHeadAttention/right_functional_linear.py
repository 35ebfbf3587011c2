# names:
# Right: F.linear with the weights of the named submodules, einsum in between.
import torch
import torch.nn.functional as F
from torch import nn


class SingleHeadAttention(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        for name in ("q_proj", "k_proj", "v_proj"):
            self.add_module(name, nn.Linear(d_model, d_head, bias))
        self.o_proj = nn.Linear(d_head, d_model, bias)

    def _apply_linear(self, name, x):
        layer = getattr(self, name)
        return F.linear(x, layer.weight, layer.bias)

    def forward(self, x, context=None):
        source = x if context is None else context
        q = self._apply_linear("q_proj", x) * self.q_proj.out_features**-0.5
        scores = torch.einsum("bid,bjd->bij", q, self._apply_linear("k_proj", source))
        mixed = torch.einsum(
            "bij,bjd->bid", scores.softmax(-1), self._apply_linear("v_proj", source)
        )
        return self._apply_linear("o_proj", mixed)
