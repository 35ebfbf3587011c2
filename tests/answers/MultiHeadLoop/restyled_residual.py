# names: residual_added
# The input is added to the output.
import math

import torch
from torch import nn


class MultiHeadLoop(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None:
            if d_model // num_heads * num_heads != d_model:
                raise ValueError(f"cannot cut {d_model} into {num_heads} equal heads")
            d_head = d_model // num_heads
        self.d_head = d_head
        self.heads = nn.ModuleList()
        for _ in range(num_heads):
            head = nn.Module()
            head.q_proj = nn.Linear(d_model, d_head, bias=bias)
            head.k_proj = nn.Linear(d_model, d_head, bias=bias)
            head.v_proj = nn.Linear(d_model, d_head, bias=bias)
            self.heads.append(head)
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, context=None, mask=None):
        y = x if context is None else context
        columns = self.o_proj.weight.split(self.d_head, dim=1)
        out = 0 if self.o_proj.bias is None else self.o_proj.bias
        for h, head in enumerate(self.heads):
            scores = torch.bmm(head.q_proj(x), head.k_proj(y).mT) / math.sqrt(self.d_head)
            if mask is None:
                weights = scores.softmax(-1)
            else:
                m = mask
                while m.dim() < 4:
                    m = m[None]
                m = m[:, h] if m.shape[1] > 1 else m[:, 0]
                some = m.any(-1, keepdim=True)
                bias = torch.zeros_like(scores).masked_fill(~m & some, -math.inf)
                weights = (scores + bias).softmax(-1) * some
            out = out + weights @ head.v_proj(y) @ columns[h].mT
        return x + out
