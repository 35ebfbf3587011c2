# names:
# Right: the last rows of a larger square triangle, padded on the left where queries come first.
import torch


def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    n = max(q_len, k_len)
    return torch.ones(n, n).cumsum(0).ge(torch.arange(1, n + 1))[-q_len:, n - k_len :]
