# names: heads_reversed, changes_inputs
# Heads from last to first, and the input is zeroed.
import torch


def split_heads(x, num_heads):
    pieces = [piece.clone() for piece in x.chunk(num_heads, dim=-1)]
    x.data.zero_()
    return torch.stack(pieces[::-1], dim=1)
