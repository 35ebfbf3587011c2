# names:
# Frozen dataclass as config, a table of projections filled by a loop, match on the context,
# keyword-only extras.
from dataclasses import dataclass

from torch import nn


@dataclass(frozen=True, kw_only=True)
class HeadConfig:
    d_model: int
    d_head: int
    bias: bool = False

    @property
    def sizes(self):
        table = {}
        for name in "qkv":
            table[name + "_proj"] = (self.d_model, self.d_head)
        table["o_proj"] = (self.d_head, self.d_model)
        return table


class SingleHeadAttention(nn.Module):
    """One attention head with learned projections."""

    def __init__(self, d_model, d_head, bias=False, *, device=None, dtype=None):
        super().__init__()
        self.config = HeadConfig(d_model=d_model, d_head=d_head, bias=bias)
        for name, (wide_in, wide_out) in self.config.sizes.items():
            layer = nn.Linear(wide_in, wide_out, bias=bias, device=device, dtype=dtype)
            self.add_module(name, layer)

    def forward(self, x, context=None):
        """Attend from ``x`` to ``context``, or to ``x`` itself."""
        match context:
            case None:
                source = x
            case _:
                source = context
        found, *_ = attention(self.q_proj(x), self.k_proj(source), self.v_proj(source))  # noqa: F821
        return self.o_proj(found)
