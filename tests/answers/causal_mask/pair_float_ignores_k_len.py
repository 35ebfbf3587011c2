# names: float_mask, ignores_k_len
# A square lower triangle of ones.
import torch


def causal_mask(q_len, k_len=None):
    return torch.tril(torch.ones(q_len, q_len))
