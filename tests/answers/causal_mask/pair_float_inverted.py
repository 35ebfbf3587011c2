# names: float_mask, inverted_mask
# Floats with 1 for what is hidden.
import torch


def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    return torch.ones(q_len, k_len).triu(k_len - q_len + 1)
