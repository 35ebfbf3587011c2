# names:
# Two cells; dataclass config with a subclassed ValueError, heads in a ModuleDict keyed "0", "1",
# ..., joined one after the other.
from __future__ import annotations

from dataclasses import dataclass, field


class HeadWidthError(ValueError):
    """The heads do not divide the width of the model."""


@dataclass
class LoopShape:
    d_model: int
    num_heads: int
    d_head: int | None = None
    inner: int = field(init=False)

    def __post_init__(self):
        if self.d_head is None:
            if self.d_model % self.num_heads:
                raise HeadWidthError(self.d_model, self.num_heads)
            self.d_head = self.d_model // self.num_heads
        self.inner = self.d_head * self.num_heads


# %%
import torch  # noqa: E402
from torch import nn  # noqa: E402


class MultiHeadLoop(nn.Module):
    """Multi-head attention as a loop over heads."""

    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        self.shape = LoopShape(d_model, num_heads, d_head)

        def to_head():
            return nn.Linear(d_model, self.shape.d_head, bias=bias)

        self.heads = nn.ModuleDict()
        for i in range(num_heads):
            self.heads[str(i)] = head = nn.Module()
            head.q_proj, head.k_proj, head.v_proj = to_head(), to_head(), to_head()
        self.o_proj = nn.Linear(self.shape.inner, d_model, bias=bias)

    def forward(self, x, context=None, mask=None):
        """Attend from ``x`` to ``context``, or to ``x`` itself."""
        source = context if context is not None else x
        (batch, l_q, _), l_k = x.shape, source.shape[1]
        full = torch.ones((), dtype=torch.bool, device=x.device) if mask is None else mask
        full = torch.broadcast_to(full, (batch, self.shape.num_heads, l_q, l_k))
        joined = x.new_empty(batch, l_q, 0)
        for name, head in self.heads.items():
            found, _ = masked_attention(  # noqa: F821
                head.q_proj(x), head.k_proj(source), head.v_proj(source), full[:, int(name)]
            )
            joined = torch.cat((joined, found), dim=-1)
        return self.o_proj(joined)
