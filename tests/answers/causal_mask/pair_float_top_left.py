# names: float_mask, top_left_aligned
# 0 and -inf, from the top left corner.
import torch


def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    future = torch.arange(k_len) > torch.arange(q_len).unsqueeze(1)
    return torch.zeros(q_len, k_len).masked_fill(future, float("-inf"))
