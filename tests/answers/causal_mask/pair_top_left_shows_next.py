# names: top_left_aligned, shows_next
# From the top left corner, one step into the future.
import torch


def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    return torch.ones(q_len, k_len).tril(1) > 0
