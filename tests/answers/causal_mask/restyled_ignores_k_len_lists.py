# names: ignores_k_len
# Always a square of queries.
import torch


def causal_mask(q_len, k_len=None):
    return torch.tensor([[j <= i for j in range(q_len)] for i in range(q_len)])
