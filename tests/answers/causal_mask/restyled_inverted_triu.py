# names: inverted_mask
# The strict upper triangle, as PyTorch's own module wants it.
import torch


def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    return torch.full((q_len, k_len), True).triu(k_len - q_len + 1)
