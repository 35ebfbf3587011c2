# names: top_left_aligned, inverted_mask
# The strict upper triangle from the top left corner.
import torch


def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    return torch.tensor([[j > i for j in range(k_len)] for i in range(q_len)])
