# mistake: queries are counted from 1 and keys from 0, so every query sees the next key as well
# why: a former MATLAB user writes 1..n for one of the two by habit
import torch


def causal_mask(q_len, k_len=None):
    if k_len is None:
        k_len = q_len
    i = torch.arange(1, q_len + 1)[:, None] + (k_len - q_len)
    j = torch.arange(k_len)[None, :]
    return j <= i
