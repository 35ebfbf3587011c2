# names: o_proj_forgotten
# Counts the parameters of the heads only.
from torch import nn


def parameter_count(d_model, num_heads, d_head, bias=True):
    per_head = nn.ModuleDict({n: nn.Linear(d_model, d_head, bias, device="meta") for n in "qkv"})
    return num_heads * sum(p.numel() for p in per_head.parameters())
