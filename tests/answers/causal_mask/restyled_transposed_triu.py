# names: transposed_mask
# triu where tril was meant.
import torch


def causal_mask(q_len, k_len=None):
    shape = (q_len, q_len if k_len is None else k_len)
    return torch.triu(torch.ones(shape, dtype=torch.uint8), shape[1] - shape[0]) != 0
