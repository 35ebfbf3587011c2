# names:
# Inner class for a head; no cat: each head goes through its own block of o_proj's columns, added by
# reduce.
import operator
from functools import reduce

from torch import nn
from torch.nn.functional import linear


class MultiHeadLoop(nn.Module):
    """Multi-head attention as a loop over heads."""

    class Head(nn.Module):
        def __init__(self, d_model, d_head, bias):
            super().__init__()
            for name in ("q_proj", "k_proj", "v_proj"):
                setattr(self, name, nn.Linear(d_model, d_head, bias))

        def forward(self, x, context, mask):
            q, k, v = self.q_proj(x), self.k_proj(context), self.v_proj(context)
            return masked_attention(q, k, v, mask)[0]  # noqa: F821

    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None and d_model % num_heads != 0:
            raise ValueError("num_heads must divide d_model, or d_head must be given")
        self.d_head = d_model // num_heads if d_head is None else d_head
        self.heads = nn.ModuleList()
        while len(self.heads) < num_heads:
            self.heads.append(self.Head(d_model, self.d_head, bias))
        self.o_proj = nn.Linear(num_heads * self.d_head, d_model, bias)

    def _mixed(self, x, context, mask):
        """What each head adds to the output."""
        blocks = self.o_proj.weight.split(self.d_head, dim=1)
        for i, (head, block) in enumerate(zip(self.heads, blocks, strict=True)):
            its_mask = None if mask is None else mask[:, i]
            yield linear(head(x, context, its_mask), block)

    def forward(self, x, context=None, mask=None):
        """Attend from ``x`` to ``context``, or to ``x`` itself."""
        if context is None:
            context = x
        if mask is not None:
            mask = mask.broadcast_to(x.size(0), len(self.heads), x.size(1), context.size(1))
        total = reduce(operator.add, self._mixed(x, context, mask))
        return total if self.o_proj.bias is None else total + self.o_proj.bias
