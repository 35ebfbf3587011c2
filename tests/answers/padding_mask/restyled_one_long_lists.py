# names: off_by_one_long
# Smaller or equal, written with lists.
import torch


def padding_mask(lengths, k_len):
    return torch.tensor([[[j <= int(n) for j in range(k_len)]] for n in lengths])
