# names: d_model_squared
# Four square layers of d_model.
from torch import nn


def parameter_count(d_model, num_heads, d_head, bias=True):
    square = nn.Linear(d_model, d_model, bias=bias, device="meta")
    return 4 * sum(p.numel() for p in square.parameters())
