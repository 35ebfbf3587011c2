# mistake: o_proj takes d_model numbers in, which is wrong where num_heads * d_head is another number
# why: in all usual models the heads together are as wide as the model
import torch
from torch import nn


class MultiHeadLoop(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None:
            if d_model % num_heads != 0:
                raise ValueError("d_model % num_heads != 0")
            d_head = d_model // num_heads

        def projections():
            return nn.ModuleDict(
                {
                    "q_proj": nn.Linear(d_model, d_head, bias=bias),
                    "k_proj": nn.Linear(d_model, d_head, bias=bias),
                    "v_proj": nn.Linear(d_model, d_head, bias=bias),
                }
            )

        self.heads = nn.ModuleList([projections() for _ in range(num_heads)])
        self.o_proj = nn.Linear(d_model, d_model, bias=bias)

    def forward(self, x, context=None, mask=None):
        if context is None:
            context = x
        shape = (x.shape[0], len(self.heads), x.shape[1], context.shape[1])
        mask = None if mask is None else mask.broadcast_to(shape)
        outputs = []
        for i, p in enumerate(self.heads):
            m = None if mask is None else mask[:, i]
            o, _ = masked_attention(p["q_proj"](x), p["k_proj"](context), p["v_proj"](context), m)
            outputs.append(o)
        return self.o_proj(torch.cat(outputs, dim=-1))
