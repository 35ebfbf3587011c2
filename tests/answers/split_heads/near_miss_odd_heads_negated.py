# names:
# Every second head changes its sign.
import torch


def split_heads(x, num_heads):
    pieces = x.chunk(num_heads, dim=-1)
    return torch.stack([piece * (-1) ** h for h, piece in enumerate(pieces)], dim=1)
