# names: off_by_one_short
# Positions are counted from one and compared strictly.
import torch


def padding_mask(lengths, k_len):
    position = torch.ones(k_len).cumsum(0)
    return torch.as_tensor(lengths).view(-1, 1, 1) > position
