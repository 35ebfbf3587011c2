# names: padding_in_front
# The mask is flipped: the last positions are kept.
import torch


def padding_mask(lengths, k_len):
    n = torch.as_tensor(lengths).unsqueeze(-1).unsqueeze(-1)
    return (torch.arange(k_len) < n).flip(-1)
