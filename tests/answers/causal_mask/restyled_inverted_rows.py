# names: inverted_mask
# Row by row, with True for what is hidden.
import torch


def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    mask = torch.zeros(q_len, k_len, dtype=torch.bool)
    for i in range(q_len):
        mask[i, max(0, k_len - q_len + i + 1) :] = True
    return mask
