# names: padding_in_front, off_by_one_short
# The last positions are kept, one too few.
import torch


def padding_mask(lengths, k_len):
    n = torch.as_tensor(lengths)[:, None, None]
    return torch.arange(k_len).flip(0) < n - 1
