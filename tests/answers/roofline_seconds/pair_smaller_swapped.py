# names: smaller_of_times, ceilings_swapped
# The smaller one of the wrong quotients.
import torch


def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    amounts = torch.tensor([bytes_moved, flops], dtype=torch.float64)
    ceilings = torch.tensor([peak_flops, bandwidth], dtype=torch.float64)
    return torch.min(amounts / ceilings).item()
