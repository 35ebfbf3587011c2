# names: bits_for_bytes, one_flop_per_multiply_add
# Multiply-adds for each bit.
import torch


def arithmetic_intensity(flops, bytes_moved):
    counts = torch.tensor([flops, bytes_moved], dtype=torch.float64)
    counts *= torch.tensor([0.5, 8.0])
    return (counts[0] / counts[1]).item()
