# names: inverted_mask, off_by_one_long
# True for padding, except its first position.
import torch


def padding_mask(lengths, k_len):
    return torch.tensor([[[j > int(n) for j in range(k_len)]] for n in lengths])
