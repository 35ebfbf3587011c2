# names: top_left_aligned
# Cumulative sums of an identity matrix.
import torch


def causal_mask(q_len, k_len=None):
    eye = torch.eye(q_len, q_len if k_len is None else k_len)
    return eye.flip(1).cumsum(1).flip(1).bool() | torch.ones_like(eye).tril(-1).bool()
