# names: rate_not_seconds
# A tensor of the rate that memory allows, cut at the peak.
import torch


def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    rate = torch.tensor(flops, dtype=torch.float64) * bandwidth / bytes_moved
    return rate.clamp(max=peak_flops).item()
