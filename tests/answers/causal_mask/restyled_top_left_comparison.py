# names: top_left_aligned
# Column not greater than row, whatever the lengths.
import torch


def causal_mask(q_len, k_len=None):
    rows, columns = torch.meshgrid(torch.arange(q_len), torch.arange(k_len or q_len), indexing="ij")
    return columns <= rows
