# mistake: torch.split takes the size of a piece, not their number, so there are d_head heads of width num_heads
# why: a NumPy veteran: np.split(x, 3) makes 3 pieces
import torch


def split_heads(x, num_heads):
    pieces = torch.split(x, num_heads, dim=-1)
    return torch.stack(pieces, dim=1)
