# names: padding_in_front, inverted_mask
# True for the first k_len - n positions.
import torch


def padding_mask(lengths, k_len):
    pad = k_len - torch.as_tensor(lengths)
    return torch.arange(k_len).expand(1, 1, -1) < pad.reshape(-1, 1, 1)
