# names:
# A division of tensors in the default precision.
import torch


def arithmetic_intensity(flops, bytes_moved):
    return (torch.tensor(float(flops)) / torch.tensor(float(bytes_moved))).item()
