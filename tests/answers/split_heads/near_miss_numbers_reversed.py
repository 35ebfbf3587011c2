# names: values_in_other_order
# The numbers within each head run backwards.
import torch


def split_heads(x, num_heads):
    pieces = x.reshape(x.size(0), x.size(1), num_heads, -1).permute(0, 2, 1, 3)
    return torch.flip(pieces, (-1,))
