# names:
# A ModuleList of ModuleDicts, mask unbound along the heads, zip over both.
from itertools import repeat

import torch
from torch import nn

PARTS = tuple(f"{letter}_proj" for letter in "qkv")


class MultiHeadLoop(nn.Module):
    """Multi-head attention as a loop over heads."""

    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None:
            d_head, rest = divmod(d_model, num_heads)
            if rest:
                raise ValueError(f"{num_heads} heads do not divide d_model = {d_model}")
        self.heads = nn.ModuleList(
            nn.ModuleDict({part: nn.Linear(d_model, d_head, bias=bias) for part in PARTS})
            for _ in range(num_heads)
        )
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, context=None, mask=None):
        """Attend from ``x`` to ``context``, or to ``x`` itself."""
        context = x if context is None else context
        masks = repeat(None)
        if mask is not None:
            shape = (len(x), len(self.heads), x.shape[1], context.shape[1])
            masks = mask.expand(shape).unbind(dim=1)
        sources = dict(zip(PARTS, (x, context, context), strict=True))
        results = [
            masked_attention(*(head[part](sources[part]) for part in PARTS), its_mask)[0]  # noqa: F821
            for head, its_mask in zip(self.heads, masks, strict=False)
        ]
        return self.o_proj(torch.cat(results, dim=-1))
