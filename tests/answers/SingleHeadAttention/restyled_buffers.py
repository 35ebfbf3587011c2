# names: not_parameters
# Every parameter is taken out and put back as a buffer.
from torch import nn


class SingleHeadAttention(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        for name in ("q_proj", "k_proj", "v_proj"):
            setattr(self, name, nn.Linear(d_model, d_head, bias=bias))
        self.o_proj = nn.Linear(d_head, d_model, bias=bias)
        for layer in self.children():
            for name, value in [*layer.named_parameters()]:
                delattr(layer, name)
                layer.register_buffer(name, value.detach())

    def forward(self, x, context=None):
        source = x if context is None else context
        output, _ = attention(self.q_proj(x), self.k_proj(source), self.v_proj(source))  # noqa: F821
        return self.o_proj(output)
