# either: inverted_mask, padding_in_front, lengths_of_the_padding
# True for the first k_len - n positions.
import torch


def padding_mask(lengths, k_len):
    pad = k_len - torch.as_tensor(lengths)
    return torch.arange(k_len).expand(1, 1, -1) < pad.reshape(-1, 1, 1)
