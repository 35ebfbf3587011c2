# names: bias_always
# Builds the layers without passing the flag on.
from torch import nn


def parameter_count(d_model, num_heads, d_head, bias=True):
    shapes = [(d_model, num_heads * d_head)] * 3 + [(num_heads * d_head, d_model)]
    layers = [nn.Linear(a, b, device="meta") for a, b in shapes]
    return sum(layer.weight.numel() + layer.bias.numel() for layer in layers)
