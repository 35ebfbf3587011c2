# names: padding_in_front
# Lists with the False entries first.
import torch


def padding_mask(lengths, k_len):
    rows = [[False] * (k_len - int(n)) + [True] * int(n) for n in lengths]
    return torch.tensor(rows).reshape(-1, 1, k_len)
