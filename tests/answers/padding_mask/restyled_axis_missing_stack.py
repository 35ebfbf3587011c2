# names: query_axis_missing
# Rows are stacked, the middle axis is forgotten.
import torch


def padding_mask(lengths, k_len):
    return torch.stack([torch.arange(k_len) < int(n) for n in lengths])
