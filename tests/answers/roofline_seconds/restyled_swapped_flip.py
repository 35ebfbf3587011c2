# names: ceilings_swapped
# The tensor of ceilings is the wrong way round.
import torch


def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    amounts = torch.tensor([flops, bytes_moved], dtype=torch.float64)
    ceilings = torch.tensor([peak_flops, bandwidth], dtype=torch.float64).flip(0)
    return (amounts / ceilings).max().item()
