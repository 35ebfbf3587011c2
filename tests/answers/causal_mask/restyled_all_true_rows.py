# names: all_true
# The comparison with the last position holds for every key.
import torch


def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    return (torch.arange(k_len) < k_len).repeat(q_len, 1)
