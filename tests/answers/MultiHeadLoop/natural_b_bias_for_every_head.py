# mistake: adds up the heads' blocks of o_proj, and with each block the whole bias, so the bias counts num_heads times
# why: an over-engineer uses "the result is a sum over heads" from the lesson to save the cat, and overlooks "plus one bias"
import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadLoop(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None:
            if d_model % num_heads:
                raise ValueError("d_model is not a multiple of num_heads")
            d_head = d_model // num_heads
        self.d_head = d_head
        self.heads = nn.ModuleList()
        for _ in range(num_heads):
            projections = {}
            for letter in "qkv":
                projections[f"{letter}_proj"] = nn.Linear(d_model, d_head, bias=bias)
            self.heads.append(nn.ModuleDict(projections))
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, context=None, mask=None):
        source = x if context is None else context
        if mask is not None:
            mask = mask.broadcast_to(x.shape[0], len(self.heads), x.shape[1], source.shape[1])
        result = 0
        for i, head in enumerate(self.heads):
            piece, _ = masked_attention(
                head["q_proj"](x),
                head["k_proj"](source),
                head["v_proj"](source),
                None if mask is None else mask[:, i],
            )
            columns = self.o_proj.weight[:, i * self.d_head : (i + 1) * self.d_head]
            result = result + F.linear(piece, columns, self.o_proj.bias)
        return result
