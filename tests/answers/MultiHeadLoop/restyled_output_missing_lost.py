# names: output_projection_missing
# The projected result gets a name that is not returned.
import torch
from torch import nn
from torch.nn import functional as F


class MultiHeadLoop(nn.Module):
    """One output tensor, filled head by head."""

    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None:
            d_head = self.width(d_model, num_heads)
        self.d_head = d_head
        self.heads = nn.ModuleList()
        for _ in range(num_heads):
            self.heads.append(nn.ModuleDict())
            for name in ("q_proj", "k_proj", "v_proj"):
                self.heads[-1][name] = nn.Linear(d_model, d_head, bias=bias)
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    @staticmethod
    def width(d_model, num_heads):
        if d_model % num_heads:
            raise ValueError(f"{num_heads} does not divide {d_model}")
        return d_model // num_heads

    def forward(self, x, context=None, mask=None):
        if context is None:
            context = x
        if mask is not None and mask.dim() < 4:
            mask = mask[(None,) * (4 - mask.dim())]
        joined = x.new_zeros(x.shape[0], x.shape[1], self.o_proj.in_features)
        for i, head in enumerate(self.heads):
            place = slice(i * self.d_head, (i + 1) * self.d_head)
            q, k, v = (head[n](s) for n, s in zip(head, (x, context, context), strict=True))
            scores = torch.einsum("bqd,bkd->bqk", q, k) * self.d_head**-0.5
            if mask is None:
                joined[..., place] = F.softmax(scores, -1) @ v
                continue
            own = mask[:, min(i, mask.shape[1] - 1)].expand_as(scores)
            nothing = own.logical_not().all(-1, keepdim=True)
            scores = scores.masked_fill(own.logical_not() & ~nothing, float("-inf"))
            joined[..., place] = (F.softmax(scores, -1) @ v).masked_fill(nothing, 0)
        out = self.o_proj(joined)
        out = joined
        return out
