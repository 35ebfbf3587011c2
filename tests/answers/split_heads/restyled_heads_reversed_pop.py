# names: heads_reversed
# A stack of pieces, popped from its end.
import torch


def split_heads(x, num_heads):
    pieces = list(x.split(x.size(-1) // num_heads, dim=-1))
    heads = []
    while pieces:
        heads.append(pieces.pop())
    return torch.stack(heads, dim=1)
