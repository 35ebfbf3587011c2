# names: mask_of_head_0
# The loop indexes the mask with zero.
import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None:
            d_head = d_model / num_heads
            if not d_head.is_integer():
                raise ValueError(f"no whole width for {num_heads} heads on {d_model}")
            d_head = int(d_head)
        self.num_heads, self.d_head = num_heads, d_head
        wide = num_heads * d_head
        self.q_proj = nn.Linear(d_model, wide, bias=bias)
        self.k_proj = nn.Linear(d_model, wide, bias=bias)
        self.v_proj = nn.Linear(d_model, wide, bias=bias)
        self.o_proj = nn.Linear(wide, d_model, bias=bias)

    def _head(self, layer, h, x):
        rows = slice(h * self.d_head, (h + 1) * self.d_head)
        return F.linear(x, layer.weight[rows], None if layer.bias is None else layer.bias[rows])

    def forward(self, x, context=None, mask=None, return_weights=False):
        context = x if context is None else context
        if mask is not None:
            mask = mask.expand(x.shape[0], self.num_heads, x.shape[1], context.shape[1])
        out, all_weights = 0, []
        for h in range(self.num_heads):
            q = self._head(self.q_proj, h, x)
            k = self._head(self.k_proj, h, context)
            v = self._head(self.v_proj, h, context)
            scores = torch.einsum("bid,bjd->bij", q, k) / self.d_head**0.5
            if mask is not None:
                scores = scores.masked_fill(~mask[:, 0], -torch.inf)
            weights = scores.softmax(-1)
            if mask is not None:
                weights = torch.where(mask[:, 0], weights, 0.0)
            all_weights.append(weights)
            columns = self.o_proj.weight[:, h * self.d_head : (h + 1) * self.d_head]
            out = out + F.linear(weights @ v, columns)
        if self.o_proj.bias is not None:
            out = out + self.o_proj.bias
        return (out, torch.stack(all_weights, dim=1)) if return_weights else out
