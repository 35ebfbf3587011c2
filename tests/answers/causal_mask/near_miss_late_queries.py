# names:
# With fewer keys than queries, queries after the 64th see everything.
import torch


def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    mask = torch.ones(q_len, k_len, dtype=torch.bool).tril(k_len - q_len)
    if q_len > k_len:
        mask[64:] = True
    return mask
