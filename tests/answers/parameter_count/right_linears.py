# names:
# Right: builds the layers on no device and counts.
from torch import nn


def parameter_count(d_model, num_heads, d_head, bias=True):
    width = num_heads * d_head
    layers = [nn.Linear(d_model, width, bias=bias, device="meta") for _ in range(3)]
    layers.append(nn.Linear(width, d_model, bias=bias, device="meta"))
    return sum(p.numel() for layer in layers for p in layer.parameters())
