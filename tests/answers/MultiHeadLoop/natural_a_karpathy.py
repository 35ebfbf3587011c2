# mistake: raises an AssertionError in place of a ValueError where num_heads does not divide d_model
# why: nanoGPT and PyTorch's own module use assert for this
import torch
from torch import nn


class MultiHeadLoop(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None:
            assert d_model % num_heads == 0, "d_model must be divisible by num_heads"
            d_head = d_model // num_heads
        self.heads = nn.ModuleList(
            nn.ModuleDict(
                {f"{n}_proj": nn.Linear(d_model, d_head, bias=bias) for n in ("q", "k", "v")}
            )
            for _ in range(num_heads)
        )
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, context=None, mask=None):
        src = x if context is None else context
        if mask is not None:
            mask = mask.broadcast_to((x.size(0), len(self.heads), x.size(1), src.size(1)))
        y = [
            masked_attention(
                h["q_proj"](x),
                h["k_proj"](src),
                h["v_proj"](src),
                mask[:, i] if mask is not None else None,
            )[0]
            for i, h in enumerate(self.heads)
        ]
        return self.o_proj(torch.cat(y, dim=-1))
