# names: last_head_repeated
# After the loop the last output is laid side by side with itself.
from torch import nn


class MultiHeadLoop(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None:
            d_head, rest = divmod(d_model, num_heads)
            if rest:
                raise ValueError(rest)
        names = ("q_proj", "k_proj", "v_proj")
        self.heads = nn.ModuleList()
        for _ in range(num_heads):
            self.heads.append(
                nn.ModuleDict({name: nn.Linear(d_model, d_head, bias=bias) for name in names})
            )
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, context=None, mask=None):
        context = x if context is None else context
        if mask is not None:
            mask = mask.broadcast_to(len(x), len(self.heads), x.shape[1], context.shape[1])
        for i, head in enumerate(self.heads):
            q, k, v = head["q_proj"](x), head["k_proj"](context), head["v_proj"](context)
            own = None if mask is None else mask[:, i]
            output = masked_attention(q, k, v, own)[0]  # noqa: F821
        return self.o_proj(output.repeat(1, 1, len(self.heads)))
