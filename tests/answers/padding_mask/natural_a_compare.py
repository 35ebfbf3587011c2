# mistake: compares a row with a row, which raises an error for any usual batch
# why: hopes that broadcasting makes the table and adds the middle axis only afterwards
import torch


def padding_mask(lengths, k_len):
    keys = torch.arange(k_len)
    real = keys < lengths
    return real[:, None, :]
