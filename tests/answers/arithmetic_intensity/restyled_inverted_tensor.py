# names: inverted_ratio
# The reciprocal of the right tensor.
import torch


def arithmetic_intensity(flops, bytes_moved):
    ratio = torch.tensor(flops, dtype=torch.float64).div(bytes_moved)
    return ratio.reciprocal().item()
