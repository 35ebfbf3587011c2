# names: bias_always, context_ignored
# Biases whatever was asked, and the context is not read.
import torch
import torch.nn.functional as F
from torch import nn


class SingleHeadAttention(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        self.q_proj = nn.Linear(d_model, d_head)
        self.k_proj = nn.Linear(d_model, d_head)
        self.v_proj = nn.Linear(d_model, d_head)
        self.o_proj = nn.Linear(d_head, d_model)

    def forward(self, x, context=None):
        q = self.q_proj(x) * self.q_proj.out_features**-0.5
        w = F.softmax(torch.einsum("bid,bjd->bij", q, self.k_proj(x)), -1)
        return self.o_proj(w @ self.v_proj(x))
