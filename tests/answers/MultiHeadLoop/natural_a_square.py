# mistake: broadcasts the mask to (B, H, L, L) with the length of x twice, which raises an error under a context of another length
# why: written for self-attention, and context added later
import torch
from torch import nn


class MultiHeadLoop(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None and d_model % num_heads != 0:
            raise ValueError("d_model must be a multiple of num_heads")
        d_head = d_model // num_heads if d_head is None else d_head
        self.num_heads = num_heads
        heads = []
        for _ in range(num_heads):
            heads.append(
                nn.ModuleDict(
                    {
                        "q_proj": nn.Linear(d_model, d_head, bias=bias),
                        "k_proj": nn.Linear(d_model, d_head, bias=bias),
                        "v_proj": nn.Linear(d_model, d_head, bias=bias),
                    }
                )
            )
        self.heads = nn.ModuleList(heads)
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, context=None, mask=None):
        B, L, _ = x.shape
        if context is None:
            context = x
        if mask is not None:
            mask = mask.expand(B, self.num_heads, L, L)
        results = []
        for i in range(self.num_heads):
            head = self.heads[i]
            q = head["q_proj"](x)
            k = head["k_proj"](context)
            v = head["v_proj"](context)
            head_mask = None if mask is None else mask[:, i]
            result, _ = masked_attention(q, k, v, head_mask)
            results.append(result)
        return self.o_proj(torch.cat(results, dim=2))
