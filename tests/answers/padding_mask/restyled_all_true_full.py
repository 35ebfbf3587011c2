# names: all_true
# Compares positions with k_len instead of the lengths.
import torch


def padding_mask(lengths, k_len):
    return torch.stack([torch.arange(k_len).unsqueeze(0) < k_len for _ in lengths])
