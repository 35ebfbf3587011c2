# names: constant_factor
# Operations for each float32 value.
import torch


def arithmetic_intensity(flops, bytes_moved):
    values = bytes_moved / torch.float32.itemsize
    return flops / values
