# names: inverted_mask, shows_next
# True for everything two and more steps ahead.
import torch


def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    ahead = torch.arange(k_len) - torch.arange(k_len - q_len, k_len)[:, None]
    return ahead >= 2
