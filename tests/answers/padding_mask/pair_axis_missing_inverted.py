# names: query_axis_missing, inverted_mask
# (B, L_k), True for padding.
import torch


def padding_mask(lengths, k_len):
    return torch.stack([torch.arange(k_len) >= int(n) for n in lengths])
