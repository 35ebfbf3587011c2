# mistake: `k_len or q_len` takes 0 keys for "not given" and makes a square mask
# why: short way to write a default value, without thinking of 0
import torch


def causal_mask(q_len, k_len=None):
    k_len = k_len or q_len
    everything = torch.ones(q_len, k_len, dtype=torch.bool)
    return torch.tril(everything, diagonal=k_len - q_len)
