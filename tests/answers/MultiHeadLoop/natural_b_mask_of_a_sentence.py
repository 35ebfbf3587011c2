# mistake: takes mask[i] for head i, which is the mask of sentence i; with B == H there is no error
# why: "the i-th mask for the i-th head", and the batch axis forgotten
import torch
from torch import nn


class MultiHeadLoop(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None:
            if d_model % num_heads != 0:
                raise ValueError("num_heads must divide d_model")
            d_head = d_model // num_heads
        self.heads = nn.ModuleList(
            nn.ModuleDict(
                {n: nn.Linear(d_model, d_head, bias=bias) for n in ("q_proj", "k_proj", "v_proj")}
            )
            for _ in range(num_heads)
        )
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, context=None, mask=None):
        context = x if context is None else context
        if mask is not None:
            shape = (x.shape[0], len(self.heads), x.shape[1], context.shape[1])
            mask = mask.broadcast_to(shape)
        outputs = []
        for i, head in enumerate(self.heads):
            q, k, v = head["q_proj"](x), head["k_proj"](context), head["v_proj"](context)
            own = None if mask is None else mask[i]
            outputs.append(masked_attention(q, k, v, own)[0])
        return self.o_proj(torch.cat(outputs, dim=-1))
