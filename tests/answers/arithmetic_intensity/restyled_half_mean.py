# names: one_flop_per_multiply_add
# The mean of the additions' and of the multiplications' share.
import torch


def arithmetic_intensity(flops, bytes_moved):
    shares = torch.tensor([flops, 0.0], dtype=torch.float64) / bytes_moved
    return shares.mean().item()
