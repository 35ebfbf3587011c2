# names: not_normalised
# Shifted exponentials, never divided by their sum.
import torch


def softmax(scores, dim=-1):
    slices = scores.unbind(dim)
    top = torch.stack(slices).max(0).values
    return torch.stack([torch.exp(s - top) for s in slices], dim)
