# names: hides_self
# Strictly smaller instead of smaller or equal.
import torch


def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    age = torch.arange(q_len)[:, None] - torch.arange(k_len) + (k_len - q_len)
    return age > 0
