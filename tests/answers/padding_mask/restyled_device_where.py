# names: wrong_device
# Two rows are chosen from by where; the positions are a tensor of Python's numbers.
import torch


def padding_mask(lengths, k_len):
    left = lengths.view(-1, 1, 1) - torch.tensor(list(range(k_len)))
    return torch.where(left > 0, True, False)
