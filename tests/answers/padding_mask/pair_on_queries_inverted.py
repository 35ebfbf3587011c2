# names: padding_on_queries, inverted_mask
# (B, L_k, 1), True for padding.
import torch


def padding_mask(lengths, k_len):
    return torch.arange(k_len)[:, None] >= torch.as_tensor(lengths)[:, None, None]
