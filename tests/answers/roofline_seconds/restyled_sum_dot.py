# names: sum_of_times
# An inner product of the amounts with the seconds for one of each.
import torch


def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    amounts = torch.tensor([flops, bytes_moved], dtype=torch.float64)
    seconds_each = torch.tensor([peak_flops, bandwidth], dtype=torch.float64).reciprocal()
    return torch.dot(amounts, seconds_each).item()
