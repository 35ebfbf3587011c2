# names: biases_forgotten
# Only parameters with two axes are counted.
from torch import nn


def parameter_count(d_model, num_heads, d_head, bias=True):
    inner = num_heads * d_head
    layers = nn.Sequential(
        nn.Linear(d_model, 3 * inner, bias, device="meta"),
        nn.Linear(inner, d_model, bias, device="meta"),
    )
    return sum(p.numel() for p in layers.parameters() if p.dim() == 2)
