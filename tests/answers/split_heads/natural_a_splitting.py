# mistake: split takes the size of a piece, not their number, so there are d_head pieces of num_heads numbers
# why: misremembers torch.split as torch.chunk
import torch


def split_heads(x, num_heads):
    """Cut the last axis into heads."""
    heads = x.split(num_heads, dim=-1)
    return torch.stack(heads, dim=1)
