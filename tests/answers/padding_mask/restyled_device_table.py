# names: wrong_device
# Rows of a table of all possible masks, which stands on the CPU.
import torch


def padding_mask(lengths, k_len):
    table = torch.ones(k_len + 1, k_len).tril(-1) > 0
    return table[lengths][:, None]
