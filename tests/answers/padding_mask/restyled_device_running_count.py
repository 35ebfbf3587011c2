# names: wrong_device
# The positions are a running count of ones that stand on the CPU.
import torch


def padding_mask(lengths, k_len):
    nth = torch.ones(k_len, dtype=torch.long).cumsum(0)
    return (nth <= lengths.unsqueeze(1)).unsqueeze(1)
