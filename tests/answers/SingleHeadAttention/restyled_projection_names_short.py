# names: projection_names
# to_q, to_k, to_v, to_out as in other libraries.
import torch
from torch import nn


class SingleHeadAttention(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        self.to_q = nn.Linear(d_model, d_head, bias=bias)
        self.to_k = nn.Linear(d_model, d_head, bias=bias)
        self.to_v = nn.Linear(d_model, d_head, bias=bias)
        self.to_out = nn.Linear(d_head, d_model, bias=bias)

    def forward(self, x, context=None):
        context = x if context is None else context
        s = torch.einsum("bid,bjd->bij", self.to_q(x), self.to_k(context))
        w = (s * self.to_q.out_features**-0.5).softmax(-1)
        return self.to_out(torch.einsum("bij,bjd->bid", w, self.to_v(context)))
