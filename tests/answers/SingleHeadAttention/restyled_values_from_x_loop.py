# names: values_from_x
# Keys are projected from the context, values from x.
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
        sources = {"q_proj": x, "k_proj": x if context is None else context, "v_proj": x}
        q, k, v = (getattr(self, name)(source) for name, source in sources.items())
        w = F.softmax(torch.einsum("bid,bjd->bij", q * q.shape[-1] ** -0.5, k), 2)
        return self.o_proj(w.bmm(v))
