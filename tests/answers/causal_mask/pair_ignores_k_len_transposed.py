# names: ignores_k_len, transposed_mask
# A square upper triangle.
import torch


def causal_mask(q_len, k_len=None):
    return ~torch.ones(q_len, q_len, dtype=torch.bool).tril(-1)
