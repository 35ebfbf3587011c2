# names:
# Positions are counted in 8 bits: after 255 comes 0.
import torch


def padding_mask(lengths, k_len):
    positions = torch.arange(k_len, device=lengths.device).to(torch.uint8)
    return positions < lengths[:, None, None]
