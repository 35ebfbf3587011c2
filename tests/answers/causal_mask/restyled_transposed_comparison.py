# names: transposed_mask
# The comparison points the other way: itself and the future.
import torch


def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    position = torch.arange(q_len).add(k_len - q_len)
    return torch.stack([torch.arange(k_len) >= p for p in position])
