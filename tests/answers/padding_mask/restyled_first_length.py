# names: one_length_for_all
# Every row gets the length of the first sequence.
import torch


def padding_mask(lengths, k_len):
    n = torch.as_tensor(lengths)
    return (torch.arange(k_len) < n[0]).expand(len(n), 1, k_len)
