# names: split_interleaved, heads_reversed
# Dealt like cards, and the last pile comes first.
import torch


def split_heads(x, num_heads):
    return torch.stack([x[..., h::num_heads] for h in reversed(range(num_heads))], dim=1)
