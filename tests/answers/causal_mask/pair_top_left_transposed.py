# names: top_left_aligned, transposed_mask
# The upper triangle from the top left corner.
import torch


def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    return torch.arange(q_len).unsqueeze(1).le(torch.arange(k_len))
