# names:
# A division of tensors in double precision.
import torch


def arithmetic_intensity(flops, bytes_moved):
    pair = torch.tensor([flops, bytes_moved], dtype=torch.float64)
    work, traffic = pair.unbind()
    return torch.true_divide(work, traffic).item()
