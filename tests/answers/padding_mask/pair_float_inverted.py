# names: float_mask, inverted_mask
# Floats with 1 for the padding.
import torch


def padding_mask(lengths, k_len):
    n = torch.as_tensor(lengths)[:, None, None]
    return (torch.arange(k_len) >= n).float()
