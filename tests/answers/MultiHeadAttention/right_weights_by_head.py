# names:
# The layers hold the parameters, but forward reads them head by head with einsum and never calls
# q_proj(x).
from __future__ import annotations

import torch
from torch import Tensor, nn


class MultiHeadAttention(nn.Module):
    """Multi-head attention without a loop."""

    q_proj: nn.Linear
    k_proj: nn.Linear
    v_proj: nn.Linear
    o_proj: nn.Linear

    def __init__(
        self, d_model: int, num_heads: int, d_head: int | None = None, bias: bool = True
    ) -> None:
        super().__init__()
        self._size = (num_heads, self._width(d_model, num_heads) if d_head is None else d_head)
        inner = self._size[0] * self._size[1]
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            ends = (inner, d_model) if name.startswith("o") else (d_model, inner)
            setattr(self, name, nn.Linear(*ends, bias=bias))

    @staticmethod
    def _width(d_model: int, num_heads: int) -> int:
        if d_model % num_heads:
            raise ValueError(f"{num_heads} does not divide {d_model}")
        return d_model // num_heads

    def _into_heads(self, layer: nn.Linear, x: Tensor) -> Tensor:
        weight = layer.weight.unflatten(0, self._size)  # (H, d_head, d_model)
        heads = torch.einsum("blm,hdm->bhld", x, weight)
        if layer.bias is not None:
            heads = heads + layer.bias.unflatten(0, self._size)[:, None]
        return heads

    def forward(
        self,
        x: Tensor,
        context: Tensor | None = None,
        mask: Tensor | None = None,
        return_weights: bool = False,
    ) -> Tensor | tuple[Tensor, Tensor]:
        """Attend from ``x`` to ``context``, or to ``x`` itself."""
        if context is None:
            context = x
        found, weights = masked_attention(  # noqa: F821
            self._into_heads(self.q_proj, x),
            self._into_heads(self.k_proj, context),
            self._into_heads(self.v_proj, context),
            mask,
        )
        mix = self.o_proj.weight.unflatten(1, self._size)  # (d_model, H, d_head)
        output = torch.einsum("bhld,mhd->blm", found, mix)
        if self.o_proj.bias is not None:
            output = output + self.o_proj.bias
        return (output, weights) if return_weights else output
