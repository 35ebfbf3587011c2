# mistake: broadcasts the mask to (B, H, L_q, L_q), which raises an error in cross-attention with a mask
# why: unpacked the shape of x once, and thought of self-attention
import torch
from torch import nn


class MultiHeadLoop(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None:
            d_head, rest = divmod(d_model, num_heads)
            if rest:
                raise ValueError("num_heads has to divide d_model")
        self.num_heads = num_heads
        self.heads = nn.ModuleList(
            [
                nn.ModuleDict(
                    {
                        "q_proj": nn.Linear(d_model, d_head, bias=bias),
                        "k_proj": nn.Linear(d_model, d_head, bias=bias),
                        "v_proj": nn.Linear(d_model, d_head, bias=bias),
                    }
                )
                for _ in range(num_heads)
            ]
        )
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, context=None, mask=None):
        B, L, _ = x.shape
        context = x if context is None else context
        if mask is not None:
            mask = mask.broadcast_to(B, self.num_heads, L, L)
        outs = []
        for i, h in enumerate(self.heads):
            m = mask[:, i] if mask is not None else None
            o, _ = masked_attention(h["q_proj"](x), h["k_proj"](context), h["v_proj"](context), m)
            outs.append(o)
        return self.o_proj(torch.cat(outs, -1))
