# names:
# Right: not the strict upper triangle; an extra keyword for the device.
import torch


def causal_mask(q_len, k_len=None, *, device=None):
    k_len = q_len if k_len is None else k_len
    future = torch.triu(torch.ones(q_len, k_len, device=device), diagonal=1 + k_len - q_len)
    return future == 0
