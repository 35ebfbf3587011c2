# mistake: with more queries than keys the end of the slice is negative and counts from the right, which opens forbidden keys
# why: fills the rows by slices and thinks of chunks only
import torch


def causal_mask(q_len, k_len=None):
    if k_len is None:
        k_len = q_len
    mask = torch.zeros(q_len, k_len, dtype=torch.bool)
    past = k_len - q_len
    for i in range(q_len):
        mask[i, : past + i + 1] = True
    return mask
