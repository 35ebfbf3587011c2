# names: ignores_k_len
# The condition is the wrong way round: a given k_len is overwritten.
import torch


def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is not None or not k_len else k_len
    steps = torch.arange(k_len)
    return steps.unsqueeze(0) <= steps.unsqueeze(1)
