# names:
# Amounts over ceilings as a tensor, and its largest entry.
import torch


def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    amounts = torch.tensor([flops, bytes_moved], dtype=torch.float64)
    ceilings = torch.tensor([peak_flops, bandwidth], dtype=torch.float64)
    return amounts.div(ceilings).amax().item()
