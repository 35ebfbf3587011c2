# names: residual_added
# The input is added to the output.
import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadAttention(nn.Module):
    """The axes of batch and heads are folded into one."""

    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None:
            if d_model % num_heads != 0:
                raise ValueError("num_heads has to divide d_model")
            d_head = d_model // num_heads
        self.num_heads, self.d_head, self.d_model = num_heads, d_head, d_model
        for name in ("q_proj", "k_proj", "v_proj"):
            setattr(self, name, nn.Linear(d_model, num_heads * d_head, bias=bias))
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def fold(self, y):
        b, n, _ = y.shape
        y = y.view(b, n, self.num_heads, self.d_head)
        return y.transpose(1, 2).reshape(b * self.num_heads, n, self.d_head)

    def unfold(self, y, b):
        y = y.reshape(b, self.num_heads, -1, self.d_head).transpose(1, 2)
        return y.reshape(b, -1, self.num_heads * self.d_head)

    def forward(self, x, context=None, mask=None, return_weights=False):
        if context is None:
            context = x
        b, n, m = x.size(0), x.size(1), context.size(1)
        q, k, v = (
            self.fold(self.q_proj(x)),
            self.fold(self.k_proj(context)),
            self.fold(self.v_proj(context)),
        )
        scores = torch.bmm(q, k.transpose(1, 2)) * self.d_head**-0.5
        if mask is None:
            w = F.softmax(scores, dim=-1)
        else:
            keep = mask.expand(b, self.num_heads, n, m).reshape(-1, n, m)
            some = keep.any(dim=-1, keepdim=True)
            w = F.softmax(scores.masked_fill(~keep & some, float("-inf")), dim=-1) * some
        out = x + self.o_proj(self.unfold(torch.bmm(w, v), b))
        if return_weights:
            return out, w.view(b, self.num_heads, n, m)
        return out
