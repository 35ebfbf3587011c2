# names:
# Only the last two positions are visible.
import torch


def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    age = torch.arange(k_len - q_len, k_len)[:, None] - torch.arange(k_len)
    return (age >= 0) & (age < 2)
