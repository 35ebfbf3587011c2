# names: integer_division
# A tensor division that rounds down.
import torch


def arithmetic_intensity(flops, bytes_moved):
    work = torch.tensor(flops, dtype=torch.float64)
    return torch.div(work, bytes_moved, rounding_mode="floor").item()
