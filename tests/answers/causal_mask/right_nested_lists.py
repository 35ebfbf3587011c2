# names:
# Right: plain Python, one comparison per entry.
import torch


def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    cells = [[q_len - i <= k_len - j for j in range(k_len)] for i in range(q_len)]
    return torch.tensor(cells, dtype=torch.bool).reshape(q_len, k_len)
