# names:
# The heads unbound and put side by side, in one line of plain cat.
import torch


def merge_heads(x):
    """Put the heads of each position side by side."""
    return torch.cat(x.unbind(dim=1), dim=-1)
