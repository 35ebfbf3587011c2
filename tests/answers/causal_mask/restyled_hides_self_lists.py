# names: hides_self
# Plain lists; each row has one True too few.
import torch


def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    counts = [max(0, k_len - q_len + i) for i in range(q_len)]
    rows = [[True] * n + [False] * (k_len - n) for n in counts]
    return torch.tensor(rows)
