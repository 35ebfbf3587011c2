# names: shows_next
# The complement of a triangle that starts two steps ahead.
import torch


def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    hidden = torch.ones(q_len, k_len).triu(k_len - q_len + 2)
    return hidden.logical_not()
