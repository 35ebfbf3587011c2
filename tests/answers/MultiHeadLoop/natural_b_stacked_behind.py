# mistake: stacks the heads on a new last axis and flattens, so the numbers of the heads are interleaved instead of head after head
# why: stack and flatten gives the wanted shape, and the shape was all that was checked
import torch
from torch import nn


class MultiHeadLoop(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None:
            if d_model % num_heads != 0:
                raise ValueError("d_model % num_heads != 0")
            d_head = d_model // num_heads

        def linear():
            return nn.Linear(d_model, d_head, bias=bias)

        self.heads = nn.ModuleList(
            nn.ModuleDict({"q_proj": linear(), "k_proj": linear(), "v_proj": linear()})
            for _ in range(num_heads)
        )
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, context=None, mask=None):
        if context is None:
            context = x
        if mask is not None:
            mask = mask.broadcast_to((x.shape[0], len(self.heads), x.shape[1], context.shape[1]))
        per_head = []
        for number, head in enumerate(self.heads):
            q = head["q_proj"](x)
            k = head["k_proj"](context)
            v = head["v_proj"](context)
            output, _ = masked_attention(q, k, v, None if mask is None else mask[:, number])
            per_head.append(output)
        joined = torch.stack(per_head, dim=-1).flatten(-2)
        return self.o_proj(joined)
