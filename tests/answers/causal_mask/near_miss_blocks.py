# names:
# Causal between blocks of three positions, free inside a block.
import torch


def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    rows = torch.arange(k_len - q_len, k_len)[:, None]
    return torch.arange(k_len) // 3 <= rows // 3
