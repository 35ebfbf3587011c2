# names: more_than_one_step
# The own and the previous position are hidden.
import torch


def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    return torch.ones(q_len, k_len, dtype=torch.bool).tril(k_len - q_len - 2)
