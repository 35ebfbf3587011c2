# names: shows_next
# The number of visible keys is counted from one, and one is added again.
import torch


def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    visible = torch.arange(1, q_len + 1).unsqueeze(-1) + (k_len - q_len)
    return torch.arange(k_len).expand(q_len, -1).le(visible)
