# mistake: every head uses the mask of head 0
# why: believes that a mask says something about positions and so is the same for all heads
import torch
from torch import nn


class MultiHeadLoop(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None:
            d_head, rest = divmod(d_model, num_heads)
            if rest:
                raise ValueError("the heads do not fit into d_model")
        self.heads = nn.ModuleList()
        for _ in range(num_heads):
            self.heads.append(
                nn.ModuleDict(
                    {
                        name: nn.Linear(d_model, d_head, bias=bias)
                        for name in ("q_proj", "k_proj", "v_proj")
                    }
                )
            )
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, context=None, mask=None):
        kv = x if context is None else context
        if mask is not None:
            mask = mask.broadcast_to(x.shape[0], len(self.heads), x.shape[1], kv.shape[1])
            mask = mask[:, 0]
        parts = []
        for head in self.heads:
            out, _ = masked_attention(
                head["q_proj"](x), head["k_proj"](kv), head["v_proj"](kv), mask
            )
            parts.append(out)
        return self.o_proj(torch.cat(parts, -1))
