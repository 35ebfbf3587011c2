# names:
# Builds the four layers on the meta device, where they take no memory, and counts them.
from torch import nn


def parameter_count(d_model, num_heads, d_head, bias=True):
    """Number of parameters of multi-head attention."""
    inner = num_heads * d_head
    sizes = [(d_model, inner)] * 3 + [(inner, d_model)]
    layers = nn.ModuleList(nn.Linear(*size, bias=bool(bias), device="meta") for size in sizes)
    return sum(parameter.numel() for parameter in layers.parameters())
