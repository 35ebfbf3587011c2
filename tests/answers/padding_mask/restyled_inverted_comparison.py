# names: inverted_mask
# True marks the padding, as key_padding_mask of PyTorch's module has it.
import torch


def padding_mask(lengths, k_len):
    n = torch.as_tensor(lengths)
    return n.reshape(-1, 1, 1).le(torch.arange(k_len))
