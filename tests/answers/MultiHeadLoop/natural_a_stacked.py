# mistake: stacks the outputs on a new last axis and flattens, so the numbers of the heads are dealt in turn
# why: stack and flatten seem to be the same as cat, and the shape is right
import torch
from torch import nn


class MultiHeadLoop(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None:
            if d_model % num_heads != 0:
                raise ValueError("num_heads does not divide d_model")
            d_head = d_model // num_heads
        self.heads = nn.ModuleList()
        for _ in range(num_heads):
            head = nn.ModuleDict()
            for name in ("q_proj", "k_proj", "v_proj"):
                head[name] = nn.Linear(d_model, d_head, bias=bias)
            self.heads.append(head)
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, context=None, mask=None):
        if context is None:
            context = x
        if mask is not None:
            mask = mask.broadcast_to(x.shape[0], len(self.heads), x.shape[1], context.shape[1])
        outputs = []
        for i, head in enumerate(self.heads):
            q, k, v = head["q_proj"](x), head["k_proj"](context), head["v_proj"](context)
            out, _ = masked_attention(q, k, v, None if mask is None else mask[:, i])
            outputs.append(out)
        return self.o_proj(torch.stack(outputs, dim=-1).flatten(-2))
