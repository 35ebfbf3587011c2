# names: o_proj_per_head
# A list of heads, each of which owns a whole output projection.
from torch import nn


def parameter_count(d_model, num_heads, d_head, bias=True):
    def linear(a, b):
        return nn.Linear(a, b, bias=bias, device="meta")

    heads = [[linear(d_model, d_head) for _ in "qkv"] for _ in range(num_heads)]
    for head in heads:
        head.append(linear(num_heads * d_head, d_model))
    return sum(p.numel() for head in heads for layer in head for p in layer.parameters())
