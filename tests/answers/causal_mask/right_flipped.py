# names:
# Right: counted from the bottom right corner and flipped; the result is a transposed view.
import torch


def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    corner = torch.arange(k_len)[:, None] >= torch.arange(q_len)[None, :]
    return corner.flip(0, 1).mT
