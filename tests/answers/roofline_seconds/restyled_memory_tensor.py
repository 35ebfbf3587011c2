# names: memory_only
# The last entry of the tensor of times.
import torch


def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    times = torch.tensor([flops, bytes_moved], dtype=torch.float64)
    times /= torch.tensor([peak_flops, bandwidth], dtype=torch.float64)
    return times[-1].item()
