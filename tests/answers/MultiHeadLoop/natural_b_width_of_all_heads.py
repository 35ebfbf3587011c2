# mistake: takes a given d_head as the width of all heads together and divides it by their number
# why: in other libraries the width that one gives is the total one
import torch
from torch import nn


class MultiHeadLoop(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None and d_model % num_heads != 0:
            raise ValueError("d_model must be divisible by num_heads")
        total = d_model if d_head is None else d_head
        self.width = total // num_heads
        self.heads = nn.ModuleList(
            nn.ModuleDict(
                {f"{n}_proj": nn.Linear(d_model, self.width, bias=bias) for n in ("q", "k", "v")}
            )
            for _ in range(num_heads)
        )
        self.o_proj = nn.Linear(num_heads * self.width, d_model, bias=bias)

    def forward(self, x, context=None, mask=None):
        context = x if context is None else context
        if mask is not None:
            mask = mask.broadcast_to(x.size(0), len(self.heads), x.size(1), context.size(1))
        outputs = []
        for i, head in enumerate(self.heads):
            out, _ = masked_attention(
                head["q_proj"](x),
                head["k_proj"](context),
                head["v_proj"](context),
                mask[:, i] if mask is not None else None,
            )
            outputs.append(out)
        return self.o_proj(torch.cat(outputs, dim=-1))
