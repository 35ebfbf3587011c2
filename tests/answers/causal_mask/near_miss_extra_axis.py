# names: extra_axis
# A leading axis of size one.
import torch


def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    return torch.ones(1, q_len, k_len, dtype=torch.bool).tril(k_len - q_len)
