# names:
# Heads after the twelfth are left out.
from torch import cat, nn


class MultiHeadLoop(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None:
            if d_model % num_heads:
                raise ValueError("num_heads does not divide d_model")
            d_head = d_model // num_heads
        self.heads = nn.ModuleList()
        for _ in range(num_heads):
            names = ("q_proj", "k_proj", "v_proj")
            layers = {name: nn.Linear(d_model, d_head, bias=bias) for name in names}
            self.heads.append(nn.ModuleDict(layers))
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, context=None, mask=None):
        source = x if context is None else context
        if mask is not None:
            mask = mask.expand(len(x), len(self.heads), x.shape[1], source.shape[1])
        outputs = []
        for i, head in enumerate(self.heads):
            q, k, v = head["q_proj"](x), head["k_proj"](source), head["v_proj"](source)
            own = None if mask is None else mask[:, i]
            output, _ = masked_attention(q, k, v, own)  # noqa: F821
            outputs.append(output * float(i < 12))
        return self.o_proj(cat(outputs, -1))
