# names:
# A decorator of one's own fills in d_head; a non-persistent buffer; NamedTuple only if weights are
# asked for.
import functools
from typing import NamedTuple

import torch
from torch import nn


def with_default_width(init):
    """Replace ``d_head=None`` by ``d_model // num_heads``, or complain."""

    @functools.wraps(init)
    def wrapper(self, d_model, num_heads, d_head=None, bias=True):
        if d_head is None:
            d_head, left = divmod(d_model, num_heads)
            if left:
                raise ValueError(f"d_model {d_model} is not a multiple of {num_heads} heads")
        init(self, d_model, num_heads, d_head, bias)

    return wrapper


class WithWeights(NamedTuple):
    output: torch.Tensor
    weights: torch.Tensor


class MultiHeadAttention(nn.Module):
    """Multi-head attention without a loop."""

    @with_default_width
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        self.q_proj, self.k_proj, self.v_proj = (
            nn.Linear(d_model, num_heads * d_head, bias=bias) for _ in "qkv"
        )
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)
        self.num_heads = num_heads
        self.register_buffer("everything", torch.tensor(True), persistent=False)

    def forward(self, x, context=None, mask=None, return_weights=False):
        """Attend from ``x`` to ``context``, or to ``x`` itself."""
        context = x if context is None else context
        mask = self.everything if mask is None else mask
        q, k, v = (
            split_heads(layer(source), self.num_heads)  # noqa: F821
            for layer, source in ((self.q_proj, x), (self.k_proj, context), (self.v_proj, context))
        )
        heads, weights = masked_attention(q, k, v, mask)  # noqa: F821
        output = self.o_proj(merge_heads(heads))  # noqa: F821
        return WithWeights(output, weights) if return_weights else output
