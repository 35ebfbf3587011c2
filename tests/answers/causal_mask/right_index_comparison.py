# names:
# Right: row and column numbers compared by broadcasting.
import torch


def causal_mask(q_len, k_len=None):
    if k_len is None:
        k_len = q_len
    rows = torch.arange(k_len - q_len, k_len).unsqueeze(1)
    return torch.arange(k_len).unsqueeze(0) <= rows
