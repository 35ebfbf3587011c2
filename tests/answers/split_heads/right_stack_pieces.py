# names:
# The last axis cut by tensor_split, the pieces stacked on a new axis.
import torch


def split_heads(x, num_heads):
    """Cut the last axis into heads."""
    return torch.stack(torch.tensor_split(x, num_heads, dim=-1), dim=1)
